//! Metering against a real PostgreSQL and real crashes.

#![expect(clippy::unwrap_used, reason = "a test that can't go on fails where it stands")]

mod killed;
mod routes;
mod shipped;
mod support;
mod unstorable;
