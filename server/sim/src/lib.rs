//! The engine simulator: speaks an engine's own API with its true shapes, streams at a set pace, answers from the
//! prompt and misbehaves on order. For the demonstration, tests and benchmarks; no model runs in it.
//!
//! Each engine has a folder with its routes, its errors ([`failure::Voice`]) and, where it follows OpenAI, the ways in
//! which it differs ([`openai::Style`]).
//!
//! Flow of a call: a route reads its body into a [`compose::Prompt`] or a list of texts → `call` records it, applies the
//! fault that comes before an answer, finds the model, checks its kind and the context, takes a slot → `compose` makes
//! the result from the input alone → the engine's folder writes frames or one body → `deliver` sends them at the set
//! pace, with the fault that comes during an answer.
//!
//! Invariants
//! - The same prompt gets the same answer and the same token counts; only ids and times differ.
//! - Every call for a model's work is counted once as completed, failed or cancelled. A caller who leaves is seen at once: the
//!   call's guard is dropped with its connection.
//! - Tokens are an estimate, the same for counting and for cutting an answer into frames: see `compose::tokens`.
//! - With `tokens_per_s` 0 and `ttft_ms` 0 nothing sleeps: it serves as a benchmark's upstream.
//!
//! Besides the engine's routes: `GET /_stats`, `POST /_fault`, `DELETE /_fault`.

mod anthropic;
mod call;
mod compose;
mod control;
mod deliver;
mod failure;
mod fault;
mod gate;
mod llamacpp;
mod models;
mod nim;
mod ollama;
mod openai;
mod options;
mod prometheus;
mod server;
mod sglang;
mod socket;
mod state;
mod stats;
mod tei;
mod tgi;
mod vllm;
mod wrong;

pub use compose::count as count_tokens;
pub use fault::{Fault, FaultKind, FaultScope};
pub use options::{Engine, SimOptions};
pub use server::{Handle, SimError, run, spawn, start};
pub use stats::StatsView;
