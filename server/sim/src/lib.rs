//! The engine simulator: speaks an engine's own API with its true shapes, streams at a set pace, answers from the
//! prompt and misbehaves on order. For the demonstration, tests and benchmarks; no model runs in it.
//!
//! Flow of a chat call: `openai` or `ollama` reads its body into a [`prompt::Prompt`] → `call` records it, applies the
//! fault that comes before an answer, checks the model and the context, takes a slot → `answer` composes from the
//! prompt alone → the dialect writes frames or one body → `deliver` sends them at the set pace, with the fault that
//! comes during an answer.
//!
//! Invariants
//! - The same prompt gets the same answer and the same token counts; only ids and times differ.
//! - Every chat call is counted once as completed, failed or cancelled. A caller who leaves is seen at once: the
//!   call's guard is dropped with its connection.
//! - Tokens are an estimate, the same for counting and for cutting an answer into frames: see `tokens`.
//! - With `tokens_per_s` 0 and `ttft_ms` 0 nothing sleeps: it serves as a benchmark's upstream.
//!
//! Besides the engine's routes: `GET /_stats`, `POST /_fault`, `DELETE /_fault`.

mod answer;
mod call;
mod control;
mod deliver;
mod failure;
mod fault;
mod gate;
mod ollama;
mod openai;
mod options;
mod prompt;
mod sample;
mod server;
mod socket;
mod state;
mod stats;
mod tokens;
mod vllm;

pub use fault::{Fault, FaultKind, FaultScope};
pub use options::{Engine, SimOptions};
pub use server::{Handle, SimError, run, spawn, start};
pub use stats::StatsView;
pub use tokens::count as count_tokens;
