//! The simulator over real sockets.
#![expect(clippy::unwrap_used, reason = "tests")]

mod client;
mod faults;
mod ollama;
mod pace;
mod vllm;
