//! Rerankings by `/v1/ranking`: a query and passages, answered by logits.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_chat::{EmbeddingUsage, RerankRequest};

use crate::{
    EngineError, Labels, Payload,
    answers::{own, rerank},
};

pub const PATH: &str = "/v1/ranking";
/// The most passages of one request, by NVIDIA's reference.
pub const MAX_PASSAGES: usize = 512;

pub fn body(request: &RerankRequest, model: &str) -> Bytes {
    let passages = request.documents.iter().map(|document| json!({"text": document.text()}));
    let mut body = request.rest.clone();
    body.insert("model".to_owned(), model.into());
    body.insert("query".to_owned(), json!({"text": request.query}));
    body.insert("passages".to_owned(), passages.collect());
    Value::Object(body).to_string().into()
}

#[derive(Deserialize)]
struct Answer {
    rankings: Vec<Ranking>,
    usage: Option<EmbeddingUsage>,
}

#[derive(Deserialize)]
struct Ranking {
    index: u32,
    logit: f64,
}

/// A logit becomes a score from 0 to 1, as the other engines have it; the order stays.
pub fn whole(body: &[u8], labels: &Labels) -> Result<Payload, EngineError> {
    let answer: Answer = own(body)?;
    let score = |logit: f64| 1.0 / (1.0 + (-logit).exp());
    let scores = answer.rankings.iter().map(|ranking| (ranking.index, score(ranking.logit)));
    rerank::response(labels, scores, answer.usage)
}
