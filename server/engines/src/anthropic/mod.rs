//! Any server that speaks Anthropic's Messages API: chat converted both ways, tool calls and images included.
//!
//! Source: Anthropic's API reference, version 2023-06-01 (the header's value), as of 2026.

mod probe;
mod reply;
mod request;
mod stream;

use bytes::Bytes;
use serde_json::{Map, Value};
use snapshot::EngineKind;

pub(crate) use probe::answers;

use crate::{
    Credential, Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target,
    Task, TaskKind, Unsupported,
};

pub(crate) struct Anthropic;

/// A request whose caller speaks the Messages API itself: its own body, with the names that differ for the engine.
/// Nothing of it is converted, so nothing is lost. Answers come as for any request.
pub fn messages(mut body: Map<String, Value>, stream: bool, context: &PrepareContext<'_>) -> EngineRequest {
    body.insert("model".to_owned(), context.upstream_model.into());
    body.insert("stream".to_owned(), stream.into());
    let request = EngineRequest::new("/v1/messages", Value::Object(body).to_string().into(), context);
    EngineRequest { credential: Credential::ApiKey, headers: HEADERS, ..request }.streamed(stream)
}

/// Demanded of every request.
const HEADERS: &[(&str, &str)] = &[("anthropic-version", "2023-06-01")];

#[async_trait::async_trait]
impl Engine for Anthropic {
    fn kind(&self) -> EngineKind {
        EngineKind::Anthropic
    }

    fn supports(&self, task: TaskKind) -> bool {
        task == TaskKind::Chat
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        let Task::Chat(chat) = task else { return Err(Unsupported::task(task.kind())) };
        let request = EngineRequest::new("/v1/messages", request::body(chat, context)?, context);
        Ok(EngineRequest { credential: Credential::ApiKey, headers: HEADERS, ..request }
            .streamed(chat.wants_stream()))
    }

    fn decoder(&self, _task: TaskKind, labels: Labels) -> Decoder {
        Decoder::sse(stream::Stream::new(labels))
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        if task == TaskKind::Chat { reply::whole(&body, labels) } else { Err(EngineError::malformed()) }
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}
