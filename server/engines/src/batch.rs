//! More inputs than an engine takes at once: cut into several requests, and their answers put together.
//!
//! Each input is answered by itself, so that the parts may go one after another or side by side, and to any engine of
//! the model.

use serde::de::DeserializeOwned;
use shared_chat::{
    ClassifyRequest, ClassifyResponse, EmbeddingRequest, EmbeddingResponse, EmbeddingUsage, RerankRequest,
    RerankResponse, TextOrTokens, Usage,
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
    let whole = merged(answers, |all: &mut EmbeddingResponse, part| {
        let before = index(all.data.len())?;
        for mut item in part.data {
            item.index = item.index.saturating_add(before);
            all.data.push(item);
        }
        add(&mut all.usage, &part.usage);
        Ok(())
    })?;
    written(&whole)
}

fn reranked(answers: &[Payload], labels: &Labels) -> Result<Payload, EngineError> {
    let whole = merged(answers, |all: &mut RerankResponse, part| {
        let before = index(all.results.len())?;
        for mut result in part.results {
            result.index = result.index.saturating_add(before);
            all.results.push(result);
        }
        if let (Some(usage), Some(more)) = (&mut all.usage, part.usage) {
            add(usage, &more);
        }
        Ok(())
    })?;
    rerank::finished(whole, labels)
}

fn classified(answers: &[Payload]) -> Result<Payload, EngineError> {
    let whole = merged(answers, |all: &mut ClassifyResponse, part| {
        let before = index(all.data.len())?;
        for mut item in part.data {
            item.index = item.index.saturating_add(before);
            all.data.push(item);
        }
        if let (Some(usage), Some(more)) = (&mut all.usage, part.usage) {
            let prompt = usage.prompt_tokens.saturating_add(more.prompt_tokens);
            *usage = Usage::of(prompt, usage.completion_tokens.saturating_add(more.completion_tokens));
        }
        Ok(())
    })?;
    written(&whole)
}

fn add(usage: &mut EmbeddingUsage, more: &EmbeddingUsage) {
    usage.prompt_tokens = usage.prompt_tokens.saturating_add(more.prompt_tokens);
    usage.total_tokens = usage.total_tokens.saturating_add(more.total_tokens);
}

/// The first answer with each of the others put into it.
fn merged<T: DeserializeOwned>(
    answers: &[Payload],
    put: impl Fn(&mut T, T) -> Result<(), EngineError>,
) -> Result<T, EngineError> {
    let mut parts = answers.iter().map(|answer| parsed::<T>(answer.json()));
    let mut all = parts.next().ok_or_else(EngineError::malformed)??;
    for part in parts {
        put(&mut all, part?)?;
    }
    Ok(all)
}
