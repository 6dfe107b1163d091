//! What the gateway speaks to engines: one [`Engine`] a kind, each a folder of pure conversions, and their probes.
//!
//! Flow of a call: [`Engine::prepare`] turns the caller's request into the engine's → the gateway sends it → a stream's
//! bytes go into a [`Decoder`], which gives [`StreamEvent`]s; a whole body goes through [`Engine::whole`]; a refusal
//! through [`Engine::error`]. What comes out is OpenAI's dialect as a [`Payload`]: bytes, a [`Summary`] of what they
//! hold, and the places where an id, a model's name or the usage can be replaced without parsing again.
//!
//! Invariants
//! - A frame that needs no conversion is scanned once and never built anew: fields that are not known here survive.
//! - However the bytes are cut on their way, the events are the same.
//! - Role-only frames and keep-alives are not meaningful; an error inside a 200 is a [`StreamEvent::Error`].
//! - An [`EngineError`]'s message holds no address, path or stack trace, and no word of an engine's own unless the
//!   caller can act on it.
//! - Nothing here keeps state between calls, and no input can make it panic.

mod error;
mod framing;
mod ollama;
mod openai;
mod payload;
mod probe;
mod request;
mod stream;
mod vllm;

use bytes::Bytes;
use http::StatusCode;
use shared_chat::ChatRequest;
use snapshot::EngineKind;

pub use error::{EngineError, EngineErrorKind};
pub use payload::{Finish, Payload, Rewrite, Summary, UsageRewrite, json_text};
pub use probe::{Probe, ServedModel, Target, describe, detect};
pub use request::{BadBaseUrl, EngineRequest, PrepareContext, Unsupported, endpoint};
pub use stream::{Decoder, Labels, StreamEvent};

/// One kind of engine.
#[async_trait::async_trait]
pub trait Engine: Send + Sync {
    fn kind(&self) -> EngineKind;

    /// The request to send. Streams always ask for usage, whatever the caller asked; strip it on the way back.
    fn prepare(
        &self,
        request: &ChatRequest,
        context: &PrepareContext<'_>,
    ) -> Result<EngineRequest, Unsupported>;

    /// Reads a stream. `labels` are written into frames that the engine's dialect does not have in OpenAI's shape.
    fn decoder(&self, labels: Labels) -> Decoder;

    /// Reads an answer that is not streamed, of status 200.
    fn whole(&self, body: Bytes, labels: &Labels) -> Result<Payload, EngineError>;

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
        EngineKind::Openai => &openai::Openai,
        EngineKind::Ollama => &ollama::Ollama,
    }
}
