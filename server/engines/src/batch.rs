//! More inputs than an engine takes at once: cut into several requests, and their answers put together.
//!
//! Each input is answered by itself, so that the parts may go one after another or side by side, and to any engine of
//! the model.

use shared_chat::{
    ClassifyRequest, ClassifyResponse, EmbeddingRequest, EmbeddingResponse, RerankRequest, RerankResponse,
    TextOrTokens, Usage,
};

use crate::{
    Engine, EngineError, Labels, Payload, Task,
    answers::{index, parsed, rerank, written},
};

/// A piece of a task, small enough for the engine.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    Embedding(EmbeddingRequest),
    Rerank(RerankRequest),
    Classify(ClassifyRequest),
}

impl Part {
    pub const fn task(&self) -> Task<'_> {
        match self {
            Self::Embedding(request) => Task::Embedding(request),
            Self::Rerank(request) => Task::Rerank(request),
            Self::Classify(request) => Task::Classify(request),
        }
    }
}

/// The parts of a task with more inputs than the engine takes at once, in order. None: it is sent whole.
pub fn split(engine: &dyn Engine, task: Task<'_>) -> Option<Vec<Part>> {
    let most = engine.max_inputs(task.kind())?.max(1);
    if task.inputs() <= most {
        return None;
    }
    match task {
        Task::Embedding(request) => {
            let part = |input| Part::Embedding(EmbeddingRequest { input, ..request.clone() });
            Some(chunks(&request.input, most)?.into_iter().map(part).collect())
        }
        Task::Classify(request) => {
            let part = |input| Part::Classify(ClassifyRequest { input, ..request.clone() });
            Some(chunks(&request.input, most)?.into_iter().map(part).collect())
        }
        Task::Rerank(request) => {
            // The best of all are known only once all are there.
            let bare = RerankRequest { documents: Vec::new(), top_n: None, ..request.clone() };
            let part = |documents: &[_]| {
                Part::Rerank(RerankRequest { documents: documents.to_vec(), ..bare.clone() })
            };
            Some(request.documents.chunks(most).map(part).collect())
        }
        _ => None,
    }
}

fn chunks(input: &TextOrTokens, most: usize) -> Option<Vec<TextOrTokens>> {
    match input {
        TextOrTokens::Texts(texts) => {
            Some(texts.chunks(most).map(|part| TextOrTokens::Texts(part.to_vec())).collect())
        }
        TextOrTokens::TokenArrays(arrays) => {
            Some(arrays.chunks(most).map(|part| TextOrTokens::TokenArrays(part.to_vec())).collect())
        }
        TextOrTokens::Text(_) | TextOrTokens::Tokens(_) => None,
    }
}

/// One answer of the answers to a task's parts, in the order of [`split`]. Each part was read with the labels of its own
/// task; `labels` are those of the whole.
pub fn join(task: Task<'_>, answers: &[Payload], labels: &Labels) -> Result<Payload, EngineError> {
    match task {
        Task::Embedding(_) => embeddings(answers),
        Task::Rerank(_) => reranked(answers, labels),
        Task::Classify(_) => classified(answers),
        _ => Err(EngineError::malformed()),
    }
}

fn embeddings(answers: &[Payload]) -> Result<Payload, EngineError> {
    let mut all: Option<EmbeddingResponse> = None;
    for answer in answers {
        let part: EmbeddingResponse = parsed(answer.json())?;
        match &mut all {
            None => all = Some(part),
            Some(all) => {
                let before = index(all.data.len())?;
                let mut data = part.data;
                data.iter_mut().for_each(|item| item.index = item.index.saturating_add(before));
                all.data.append(&mut data);
                all.usage.prompt_tokens = all.usage.prompt_tokens.saturating_add(part.usage.prompt_tokens);
                all.usage.total_tokens = all.usage.total_tokens.saturating_add(part.usage.total_tokens);
            }
        }
    }
    written(&all.ok_or_else(EngineError::malformed)?)
}

fn reranked(answers: &[Payload], labels: &Labels) -> Result<Payload, EngineError> {
    let mut all: Option<RerankResponse> = None;
    for answer in answers {
        let part: RerankResponse = parsed(answer.json())?;
        let Some(all) = &mut all else {
            all = Some(part);
            continue;
        };
        let before = index(all.results.len())?;
        let mut results = part.results;
        results.iter_mut().for_each(|result| result.index = result.index.saturating_add(before));
        all.results.append(&mut results);
        if let (Some(usage), Some(more)) = (&mut all.usage, part.usage) {
            usage.prompt_tokens = usage.prompt_tokens.saturating_add(more.prompt_tokens);
            usage.total_tokens = usage.total_tokens.saturating_add(more.total_tokens);
        }
    }
    rerank::finished(all.ok_or_else(EngineError::malformed)?, labels)
}

fn classified(answers: &[Payload]) -> Result<Payload, EngineError> {
    let mut all: Option<ClassifyResponse> = None;
    for answer in answers {
        let part: ClassifyResponse = parsed(answer.json())?;
        let Some(all) = &mut all else {
            all = Some(part);
            continue;
        };
        let before = index(all.data.len())?;
        let mut data = part.data;
        data.iter_mut().for_each(|item| item.index = item.index.saturating_add(before));
        all.data.append(&mut data);
        if let (Some(usage), Some(more)) = (&mut all.usage, part.usage) {
            *usage = Usage::of(
                usage.prompt_tokens.saturating_add(more.prompt_tokens),
                usage.completion_tokens.saturating_add(more.completion_tokens),
            );
        }
    }
    written(&all.ok_or_else(EngineError::malformed)?)
}
