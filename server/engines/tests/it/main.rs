//! Conversions against golden fixtures, and against simulated engines over real sockets.
#![expect(clippy::unwrap_used, reason = "tests")]

mod answers;
mod errors;
mod golden;
mod probes;
mod reports;
mod requests;
mod rewriting;
mod splits;
mod stream;
mod support;
mod survival;
