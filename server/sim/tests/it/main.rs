//! The simulator over real sockets.
#![expect(clippy::unwrap_used, reason = "tests")]

mod anthropic;
mod client;
mod completions;
mod embeddings;
mod faults;
mod llamacpp;
mod loading;
mod nim;
mod ollama;
mod pace;
mod sglang;
mod surfaces;
mod tei;
mod tgi;
mod vllm;
