//! SGLang: OpenAI's dialect; its rerankings are a bare list, its detokenisation says `text`.
//!
//! Source: SGLang's `python/sglang/srt/entrypoints/openai` and `http_server.py`, 0.4 to 0.5.

mod metrics;
mod probe;
mod reply;

use bytes::Bytes;
use snapshot::EngineKind;

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Task,
    TaskKind, Unsupported,
    openai::{self, Abilities, Embeddings, StreamUsage},
};

pub(crate) struct Sglang;

const ABILITIES: Abilities = Abilities {
    stream_usage: StreamUsage::Continuous,
    completions: true,
    // It accepts `encoding_format` and answers in floats all the same.
    embeddings: Some(Embeddings { base64: false, dimensions: true, tokens: true }),
    rerank: Some("/v1/rerank"),
    tokenize: Some("/v1/tokenize"),
    detokenize: Some("/v1/detokenize"),
    classify: Some("/v1/classify"),
};

#[async_trait::async_trait]
impl Engine for Sglang {
    fn kind(&self) -> EngineKind {
        EngineKind::Sglang
    }

    fn supports(&self, task: TaskKind) -> bool {
        ABILITIES.supports(task)
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        match task {
            Task::Tokenize(request) if request.prompt.is_none() => Err(Unsupported::messages()),
            Task::Rerank(request) => {
                let body = openai::texts_to_rank(request, context.upstream_model);
                Ok(EngineRequest::new("/v1/rerank", body, context))
            }
            _ => openai::prepare(&ABILITIES, task, context),
        }
    }

    fn decoder(&self, _task: TaskKind, labels: Labels) -> Decoder {
        openai::decoder(labels)
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        match task {
            TaskKind::Rerank => reply::reranked(&body, labels),
            TaskKind::Detokenize => reply::detokenized(&body),
            _ => openai::whole(task, body, labels),
        }
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}
