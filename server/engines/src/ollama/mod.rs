//! Ollama: its own dialect, converted both ways.
//!
//! Source: Ollama's `docs/api.md`, `api/types.go` and `server/routes.go`, 0.3 to 0.12. Completions go to
//! `/api/generate`, embeddings to `/api/embed`.

mod embed;
mod generate;
mod options;
mod probe;
mod request;
mod stream;

use bytes::Bytes;
use snapshot::EngineKind;

pub(crate) use probe::{answers, described};

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Task,
    TaskKind, Unsupported,
};

pub(crate) struct Ollama;

#[async_trait::async_trait]
impl Engine for Ollama {
    fn kind(&self) -> EngineKind {
        EngineKind::Ollama
    }

    fn supports(&self, task: TaskKind) -> bool {
        matches!(task, TaskKind::Chat | TaskKind::Completion | TaskKind::Embedding)
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        let (path, body) = match task {
            Task::Chat(chat) => ("/api/chat", request::body(chat, context)?),
            Task::Completion(completion) => ("/api/generate", generate::body(completion, context)?),
            Task::Embedding(embedding) => ("/api/embed", embed::body(embedding, context)?),
            _ => return Err(Unsupported::task(task.kind())),
        };
        Ok(EngineRequest::new(path, body, context).streamed(task.wants_stream()))
    }

    fn decoder(&self, task: TaskKind, labels: Labels) -> Decoder {
        if task == TaskKind::Completion {
            Decoder::lines(generate::Stream::new(labels))
        } else {
            Decoder::lines(stream::Stream::new(labels))
        }
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        match task {
            TaskKind::Chat => stream::whole(&body, labels),
            TaskKind::Completion => generate::whole(&body, labels),
            TaskKind::Embedding => embed::whole(&body, labels),
            _ => Err(EngineError::malformed()),
        }
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
