//! Any server that speaks OpenAI's API.

mod probe;
mod request;

use bytes::Bytes;
use http::HeaderValue;
use shared_chat::ChatRequest;
use snapshot::EngineKind;

pub(crate) use probe::models;
pub(crate) use request::{StreamUsage, body};

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, StreamEvent, Target,
    Unsupported, framing::Cut, payload::ScanError, stream::unread,
};

pub(crate) struct Openai;

#[async_trait::async_trait]
impl Engine for Openai {
    fn kind(&self) -> EngineKind {
        EngineKind::Openai
    }

    fn prepare(
        &self,
        request: &ChatRequest,
        context: &PrepareContext<'_>,
    ) -> Result<EngineRequest, Unsupported> {
        prepare(request, context, StreamUsage::AtEnd)
    }

    fn decoder(&self, _labels: Labels) -> Decoder {
        Decoder::openai()
    }

    fn whole(&self, body: Bytes, _labels: &Labels) -> Result<Payload, EngineError> {
        whole(body)
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}

/// The request passes through but for the model's name and the usage of streams.
pub(crate) fn prepare(
    request: &ChatRequest,
    context: &PrepareContext<'_>,
    usage: StreamUsage,
) -> Result<EngineRequest, Unsupported> {
    Ok(EngineRequest {
        path: "/v1/chat/completions",
        body: body(request, context.upstream_model, usage)?,
        stream: request.wants_stream(),
        request_id: context.request_id.and_then(|id| HeaderValue::from_str(id).ok()),
    })
}

/// What one event of a stream says.
pub(crate) fn event(cut: Cut) -> StreamEvent {
    let Cut::Payload(data) = &cut else { return unread(&cut) };
    if data.trim_ascii() == shared_chat::DONE.as_bytes() {
        return StreamEvent::Done;
    }
    match Payload::scan(data.clone()) {
        Ok(payload) => StreamEvent::Chunk(payload),
        Err(ScanError::Error) => StreamEvent::Error(EngineError::inside(data)),
        Err(ScanError::Malformed) => unread(&cut),
    }
}

/// An answer in one body.
pub(crate) fn whole(body: Bytes) -> Result<Payload, EngineError> {
    match Payload::scan(body.clone()) {
        Ok(payload) if payload.summary.choices > 0 => Ok(payload),
        Ok(_) | Err(ScanError::Malformed) => Err(EngineError::malformed()),
        Err(ScanError::Error) => Err(EngineError::inside(&body)),
    }
}
