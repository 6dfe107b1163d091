//! Text-embeddings-inference: embeddings by its OpenAI route (which counts tokens), rerankings and classifications by
//! its own. One model a process; it generates nothing.
//!
//! Source: TEI's `router/src/http/{server,types}.rs` and its README, 1.2 to 1.8.

mod metrics;
mod predict;
mod probe;
mod rerank;
mod tokens;

use bytes::Bytes;
use snapshot::EngineKind;

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Task,
    TaskKind, Unsupported,
    openai::{self, Abilities, Embeddings, StreamUsage},
};

pub(crate) struct Tei;

const ABILITIES: Abilities = Abilities {
    stream_usage: StreamUsage::AtEnd,
    completions: false,
    // Releases before 1.5 know no base64, those before 1.8 no dimensions: what comes back is checked against what was asked.
    embeddings: Some(Embeddings { base64: true, dimensions: true, tokens: true }),
    rerank: Some("/rerank"),
    tokenize: Some("/tokenize"),
    detokenize: Some("/decode"),
    classify: Some("/predict"),
};

/// `--max-client-batch-size`, where nobody raised it.
const MAX_INPUTS: usize = 32;

#[async_trait::async_trait]
impl Engine for Tei {
    fn kind(&self) -> EngineKind {
        EngineKind::Tei
    }

    fn supports(&self, task: TaskKind) -> bool {
        task != TaskKind::Chat && ABILITIES.supports(task)
    }

    fn max_inputs(&self, task: TaskKind) -> Option<usize> {
        matches!(task, TaskKind::Embedding | TaskKind::Rerank | TaskKind::Classify).then_some(MAX_INPUTS)
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        let own = |path, body| Ok(EngineRequest::new(path, body, context));
        match task {
            Task::Embedding(_) => openai::prepare(&ABILITIES, task, context),
            Task::Rerank(request) => own("/rerank", rerank::body(request)),
            Task::Classify(request) => own("/predict", predict::body(request)?),
            Task::Tokenize(request) => own("/tokenize", tokens::tokenize(request)?),
            Task::Detokenize(request) => own("/decode", tokens::detokenize(request)),
            Task::Chat(_) | Task::Completion(_) => Err(Unsupported::task(task.kind())),
        }
    }

    fn decoder(&self, _task: TaskKind, labels: Labels) -> Decoder {
        openai::decoder(labels)
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        match task {
            TaskKind::Rerank => rerank::whole(&body, labels),
            TaskKind::Classify => predict::whole(&body, labels),
            TaskKind::Tokenize => tokens::tokenized(&body),
            TaskKind::Detokenize => tokens::detokenized(&body),
            _ => openai::whole(task, body, labels),
        }
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}
