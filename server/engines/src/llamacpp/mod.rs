//! llama.cpp's server: OpenAI's dialect, tokens in a form of its own, one model a process.
//!
//! Source: llama.cpp's `tools/server/README.md` and `server.cpp`, builds 4000 to 11434.

mod logprobs;
mod metrics;
mod probe;
mod tokens;

use bytes::Bytes;
use snapshot::EngineKind;

pub(crate) use probe::answers;

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Task,
    TaskKind, Unsupported,
    openai::{self, Abilities, Embeddings, StreamUsage},
};

pub(crate) struct Llamacpp;

const ABILITIES: Abilities = Abilities {
    stream_usage: StreamUsage::AtEnd,
    completions: true,
    embeddings: Some(Embeddings { base64: true, dimensions: false, tokens: true }),
    rerank: Some("/v1/rerank"),
    tokenize: Some("/tokenize"),
    detokenize: Some("/detokenize"),
    classify: None,
};

#[async_trait::async_trait]
impl Engine for Llamacpp {
    fn kind(&self) -> EngineKind {
        EngineKind::Llamacpp
    }

    fn supports(&self, task: TaskKind) -> bool {
        ABILITIES.supports(task)
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        let own = |path, body| Ok(EngineRequest::new(path, body, context));
        match task {
            Task::Rerank(request) => {
                own("/v1/rerank", openai::texts_to_rank(request, context.upstream_model))
            }
            Task::Tokenize(request) => own("/tokenize", tokens::tokenize(request)?),
            Task::Detokenize(request) => own("/detokenize", tokens::detokenize(request)),
            _ => openai::prepare(&ABILITIES, task, context),
        }
    }

    fn decoder(&self, task: TaskKind, labels: Labels) -> Decoder {
        match task {
            TaskKind::Completion => logprobs::decoder(labels),
            _ => openai::decoder(labels),
        }
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        match task {
            TaskKind::Tokenize => tokens::tokenized(&body),
            TaskKind::Detokenize => tokens::detokenized(&body),
            TaskKind::Completion => openai::whole(task, logprobs::whole(body), labels),
            _ => openai::whole(task, body, labels),
        }
    }

    /// One process serves one model, under the name that it was started with or under its file's.
    fn same_model(&self, listed: &str, wanted: &str) -> bool {
        let file =
            |name: &str| name.rsplit(['/', '\\']).next().unwrap_or(name).trim_end_matches(".gguf").to_owned();
        listed == wanted || file(listed) == file(wanted)
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}
