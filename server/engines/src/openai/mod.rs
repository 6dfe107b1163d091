//! Any server that speaks OpenAI's API, and what the engines that speak it too have in common.

mod abilities;
mod probe;
mod request;
mod stream;
mod tidy;
mod tools;

use bytes::Bytes;
use snapshot::EngineKind;

pub(crate) use abilities::{Abilities, Embeddings, StreamUsage};
pub(crate) use probe::models;
pub(crate) use request::{prepare, texts_to_rank};
pub(crate) use stream::{decoder, stream, whole};
pub(crate) use tools::call_id;

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Task,
    TaskKind, Unsupported,
};

pub(crate) struct Openai;

/// OpenAI's own routes, and the one for rerankings that servers of its dialect share beyond it.
const ABILITIES: Abilities = Abilities {
    stream_usage: StreamUsage::AtEnd,
    completions: true,
    embeddings: Some(Embeddings { base64: true, dimensions: true, tokens: true }),
    rerank: Some("/v1/rerank"),
    tokenize: None,
    detokenize: None,
    classify: None,
};

/// OpenAI's own limit on the inputs of one embedding request.
const MAX_INPUTS: usize = 2048;

#[async_trait::async_trait]
impl Engine for Openai {
    fn kind(&self) -> EngineKind {
        EngineKind::Openai
    }

    fn supports(&self, task: TaskKind) -> bool {
        ABILITIES.supports(task)
    }

    fn max_inputs(&self, task: TaskKind) -> Option<usize> {
        (task == TaskKind::Embedding).then_some(MAX_INPUTS)
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        prepare(&ABILITIES, task, context)
    }

    fn decoder(&self, _task: TaskKind, labels: Labels) -> Decoder {
        decoder(labels)
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        whole(task, body, labels)
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}
