//! Llamacpp.

use bytes::Bytes;
use snapshot::EngineKind;

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Task,
    TaskKind, Unsupported, openai,
};

pub(crate) struct Llamacpp;

#[async_trait::async_trait]
impl Engine for Llamacpp {
    fn kind(&self) -> EngineKind {
        EngineKind::Llamacpp
    }

    fn supports(&self, task: TaskKind) -> bool {
        openai::Openai.supports(task)
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        openai::Openai.prepare(task, context)
    }

    fn decoder(&self, _task: TaskKind, labels: Labels) -> Decoder {
        openai::decoder(labels)
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        openai::whole(task, body, labels)
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        openai::Openai.probe(target).await
    }
}
