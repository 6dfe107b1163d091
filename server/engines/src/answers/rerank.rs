//! Rerankings in the form that Cohere, Jina and vLLM share.

use serde_json::json;
use shared_chat::{EmbeddingUsage, RerankResponse, RerankResult, Rest};

use super::{parsed, written};
use crate::{EngineError, Labels, Payload};

/// An answer in the shared form; its unknown fields are kept. vLLM's usage tells the total alone.
pub fn read(payload: &Payload, labels: &Labels) -> Result<Payload, EngineError> {
    let mut response: RerankResponse = parsed(payload.json())?;
    if let Some(usage) = &mut response.usage
        && usage.prompt_tokens == 0
    {
        usage.prompt_tokens = usage.total_tokens;
    }
    finished(response, labels)
}

/// The score of each document, in the order of the documents.
pub fn response(
    labels: &Labels,
    scores: impl IntoIterator<Item = (u32, f64)>,
    usage: Option<EmbeddingUsage>,
) -> Result<Payload, EngineError> {
    let result =
        |(index, relevance_score)| RerankResult { index, relevance_score, document: None, rest: Rest::new() };
    let response = RerankResponse {
        id: None,
        model: None,
        results: scores.into_iter().map(result).collect(),
        usage,
        rest: Rest::new(),
    };
    finished(response, labels)
}

/// The best first, no more than asked for, with their documents where those were asked for.
pub fn finished(mut response: RerankResponse, labels: &Labels) -> Result<Payload, EngineError> {
    response.id.get_or_insert_with(|| labels.id.clone());
    response.model.get_or_insert_with(|| labels.model.clone());
    response.results.sort_by(|a, b| b.relevance_score.total_cmp(&a.relevance_score));
    if let Some(top) = labels.asked.top_n {
        response.results.truncate(usize::try_from(top).unwrap_or(usize::MAX));
    }
    for result in &mut response.results {
        let place = usize::try_from(result.index).unwrap_or(usize::MAX);
        match &labels.asked.documents {
            None => result.document = None,
            Some(_) if result.document.as_ref().is_some_and(|document| !document.is_null()) => {}
            Some(documents) => {
                let text = documents.get(place).ok_or_else(EngineError::malformed)?;
                result.document = Some(json!({"text": text}));
            }
        }
    }
    written(&response)
}
