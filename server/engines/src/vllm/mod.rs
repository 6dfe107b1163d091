//! vLLM: OpenAI's dialect, usage on every chunk, its own health route and metrics.
//!
//! Source: vLLM's `vllm/entrypoints/openai` and `docs/serving/openai_compatible_server.md`, 0.6 to 0.32.

mod metrics;
mod probe;

use bytes::Bytes;
use snapshot::EngineKind;

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Task,
    TaskKind, Unsupported,
    openai::{self, Abilities, Embeddings, StreamUsage},
};

pub(crate) struct Vllm;

const ABILITIES: Abilities = Abilities {
    stream_usage: StreamUsage::Continuous,
    completions: true,
    embeddings: Some(Embeddings { base64: true, dimensions: true, tokens: true }),
    rerank: Some("/v1/rerank"),
    tokenize: Some("/tokenize"),
    detokenize: Some("/detokenize"),
    classify: Some("/classify"),
};

#[async_trait::async_trait]
impl Engine for Vllm {
    fn kind(&self) -> EngineKind {
        EngineKind::Vllm
    }

    fn supports(&self, task: TaskKind) -> bool {
        ABILITIES.supports(task)
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        openai::prepare(&ABILITIES, task, context)
    }

    fn decoder(&self, _task: TaskKind, labels: Labels) -> Decoder {
        openai::decoder(labels)
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        openai::whole(task, body, labels)
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}
