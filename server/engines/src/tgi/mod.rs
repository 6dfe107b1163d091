//! Text-generation-inference: chat by its OpenAI route, completions by its native one.
//!
//! Source: TGI's `router/src/{lib,server,chat,validation}.rs`, 2.0 to 3.3.
//!
//! Whole completions go to `/generate_stream` too: `/generate` tells the prompt's tokens in a header alone, and the
//! last event of a stream tells them in its body.

mod chat;
mod generate;
mod metrics;
mod probe;
mod tokens;

use bytes::Bytes;
use snapshot::EngineKind;

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Task,
    TaskKind, Unsupported, openai,
};

pub(crate) struct Tgi;

#[async_trait::async_trait]
impl Engine for Tgi {
    fn kind(&self) -> EngineKind {
        EngineKind::Tgi
    }

    fn supports(&self, task: TaskKind) -> bool {
        matches!(task, TaskKind::Chat | TaskKind::Completion | TaskKind::Tokenize)
    }

    fn prepare(&self, task: Task<'_>, context: &PrepareContext<'_>) -> Result<EngineRequest, Unsupported> {
        let request = match task {
            Task::Chat(request) => return chat::prepare(request, context),
            Task::Completion(request) => {
                EngineRequest::new("/generate_stream", generate::body(request, context)?, context)
            }
            Task::Tokenize(request) => EngineRequest::new("/tokenize", tokens::body(request)?, context),
            _ => return Err(Unsupported::task(task.kind())),
        };
        Ok(request.streamed(task.wants_stream()))
    }

    fn decoder(&self, task: TaskKind, labels: Labels) -> Decoder {
        if task == TaskKind::Completion { generate::decoder(labels) } else { openai::decoder(labels) }
    }

    fn whole(&self, task: TaskKind, body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
        match task {
            TaskKind::Completion => generate::whole(body, labels),
            TaskKind::Tokenize => tokens::whole(&body),
            _ => openai::whole(task, body, labels),
        }
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        probe::probe(target).await
    }
}
