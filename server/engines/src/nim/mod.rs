//! NVIDIA NIM: OpenAI's dialect with vLLM behind it, rerankings in a form of its own, health under `/v1`.
//!
//! Source: NVIDIA's "API Reference" of NIM for LLMs 1.x and 2.0, and of NeMo Retriever embedding and reranking NIM.

mod metrics;
mod probe;
mod rank;

use bytes::Bytes;
use snapshot::EngineKind;

pub(crate) use probe::answers;

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Task,
    TaskKind, Unsupported,
    openai::{self, Abilities, Embeddings, StreamUsage},
};

pub(crate) struct Nim;

const ABILITIES: Abilities = Abilities {
    stream_usage: StreamUsage::Continuous,
    completions: true,
    embeddings: Some(Embeddings { base64: true, dimensions: true, tokens: false }),
    rerank: Some(rank::PATH),
    tokenize: Some("/tokenize"),
    detokenize: Some("/detokenize"),
    classify: None,
};

#[async_trait::async_trait]
impl Engine for Nim {
    fn kind(&self) -> EngineKind {
        EngineKind::Nim
    }

    fn supports(&self, task: TaskKind) -> bool {
        ABILITIES.supports(task)
    }

    fn max_inputs(&self, task: TaskKind) -> Option<usize> {
        (task == TaskKind::Rerank).then_some(rank::MAX_PASSAGES)
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        match task {
            Task::Rerank(request) => {
                Ok(EngineRequest::new(rank::PATH, rank::body(request, context.upstream_model), context))
            }
            _ => openai::prepare(&ABILITIES, task, context),
        }
    }

    fn decoder(&self, _task: TaskKind, labels: Labels) -> Decoder {
        openai::decoder(labels)
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        if task == TaskKind::Rerank { rank::whole(&body, labels) } else { openai::whole(task, body, labels) }
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}
