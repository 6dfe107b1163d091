//! Ollama: its own dialect, converted both ways.

mod probe;
mod request;
mod stream;
mod write;

use bytes::Bytes;
use http::HeaderValue;
use shared_chat::ChatRequest;
use snapshot::EngineKind;

pub(crate) use probe::{answers, max_context};
pub(crate) use stream::Stream;

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Unsupported,
};

pub(crate) struct Ollama;

#[async_trait::async_trait]
impl Engine for Ollama {
    fn kind(&self) -> EngineKind {
        EngineKind::Ollama
    }

    fn prepare(
        &self,
        request: &ChatRequest,
        context: &PrepareContext<'_>,
    ) -> Result<EngineRequest, Unsupported> {
        Ok(EngineRequest {
            path: "/api/chat",
            body: request::body(request, context)?,
            stream: request.wants_stream(),
            request_id: context.request_id.and_then(|id| HeaderValue::from_str(id).ok()),
        })
    }

    fn decoder(&self, labels: Labels) -> Decoder {
        Decoder::ollama(labels)
    }

    fn whole(&self, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        stream::whole(&body, labels)
    }

    /// A name without a tag means `latest`.
    fn same_model(&self, listed: &str, wanted: &str) -> bool {
        let untagged = |name: &str| name.strip_suffix(":latest").unwrap_or(name).to_owned();
        untagged(listed) == untagged(wanted)
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}
