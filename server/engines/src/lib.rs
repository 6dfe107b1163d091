//! What the gateway speaks to engines: one [`Engine`] a kind, each a folder of pure conversions, and their probes.
//!
//! Flow of a call: [`Engine::prepare`] turns the caller's [`Task`] into the engine's request → the gateway sends it → a
//! stream's bytes go into a [`Decoder`], which gives [`StreamEvent`]s; a whole body goes through [`Engine::whole`]; a
//! refusal through [`Engine::error`]. What comes out is OpenAI's dialect (vLLM's for what OpenAI lacks) as a
//! [`Payload`]: bytes, a [`Summary`] of what they hold, and the places where an id, a model's name or the usage can be
//! replaced without parsing again. Where an engine takes fewer inputs a request than the caller sent, [`split`] cuts
//! the task beforehand and [`join`] puts the answers together.
//!
//! Invariants
//! - A frame that needs no conversion is scanned once and never built anew: fields that are not known here survive.
//! - However the bytes are cut on their way, the events are the same.
//! - Tool calls come out in OpenAI's form, whatever the engine made of them: dense indexes, an id and a name on a
//!   call's first piece only, arguments as text, and `tool_calls` as the reason for the end.
//! - What an engine cannot do is refused by the field's name, never left out.
//! - Role-only frames and keep-alives are not meaningful; an error inside a 200 is a [`StreamEvent::Error`].
//! - An [`EngineError`]'s message holds no address, path or stack trace, and no word of an engine's own unless the
//!   caller can act on it.
//! - Metrics under names that are not known give no load and say so: an engine is never taken for idle by mistake.
//! - Nothing here keeps state between calls, and no input can make it panic.

mod answers;
mod anthropic;
mod batch;
mod coalesce;
mod detect;
mod error;
mod framing;
mod llamacpp;
mod nim;
mod ollama;
mod openai;
mod payload;
mod probe;
mod prometheus;
mod request;
mod sglang;
mod stream;
mod task;
mod tei;
mod tgi;
mod vllm;
mod write;

use bytes::Bytes;
use http::StatusCode;
use snapshot::EngineKind;

pub use anthropic::messages;
pub use batch::{Part, join, split};
pub use coalesce::{Share, divide, gather};
pub use detect::{describe, detect};
pub use error::{EngineError, EngineErrorKind};
pub use payload::{Finish, Payload, Rewrite, Summary, UsageRewrite, json_text};
pub use probe::{Probe, ServedModel, Target};
pub use request::{BadBaseUrl, Credential, EngineRequest, PrepareContext, Unsupported, endpoint};
pub use stream::{Decoder, Labels, StreamEvent};
pub use task::{Asked, Task, TaskKind};

/// One kind of engine.
#[async_trait::async_trait]
pub trait Engine: Send + Sync {
    fn kind(&self) -> EngineKind;

    /// Whether engines of this kind do such a thing at all; the model that one serves may still not.
    fn supports(&self, task: TaskKind) -> bool;

    /// Inputs that it takes in one request. None: no limit that is known.
    fn max_inputs(&self, _task: TaskKind) -> Option<usize> {
        None
    }

    /// The request to send. Streams always ask for usage, whatever the caller asked; strip it on the way back.
    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported>;

    /// Reads a stream. `labels` are written into frames that the engine's dialect does not have in OpenAI's shape.
    fn decoder(&self, task: TaskKind, labels: Labels) -> Decoder;

    /// Reads an answer that is not streamed, of status 200.
    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError>;

    /// What a status other than 200 means.
    fn error(&self, status: StatusCode, body: &[u8]) -> EngineError {
        EngineError::from_response(status, body)
    }

    /// Whether a listed model is the one that goes by this name.
    fn same_model(&self, listed: &str, wanted: &str) -> bool {
        listed == wanted
    }

    /// Asks the engine, in its own way, whether it can serve and what.
    async fn probe(&self, target: &Target<'_>) -> Probe;
}

/// The engine of a kind.
pub fn engine(kind: EngineKind) -> &'static dyn Engine {
    match kind {
        EngineKind::Vllm => &vllm::Vllm,
        EngineKind::Sglang => &sglang::Sglang,
        EngineKind::Ollama => &ollama::Ollama,
        EngineKind::Tgi => &tgi::Tgi,
        EngineKind::Nim => &nim::Nim,
        EngineKind::Llamacpp => &llamacpp::Llamacpp,
        EngineKind::Tei => &tei::Tei,
        EngineKind::Openai => &openai::Openai,
        EngineKind::Anthropic => &anthropic::Anthropic,
    }
}
