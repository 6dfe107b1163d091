//! Conversions against golden fixtures, and against simulated engines over real sockets.
#![expect(clippy::unwrap_used, reason = "tests")]

mod errors;
mod golden;
mod probes;
mod requests;
mod rewriting;
mod splits;
mod stream;
mod support;
