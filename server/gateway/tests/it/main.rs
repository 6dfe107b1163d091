//! The gateway over real sockets, before simulated engines.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod admission;
mod answers;
mod bad_input;
mod cancellation;
mod faults;
mod health;
mod metering;
mod spool;
mod sse;
mod tracing;
mod world;
