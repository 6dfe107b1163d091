//! `/rerank`: every text scored, in the order of the scores.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::Value;
use shared_chat::RerankRequest;

use crate::{
    EngineError, Labels, Payload,
    answers::{own, rerank},
};

pub fn body(request: &RerankRequest) -> Bytes {
    let mut body = request.rest.clone();
    body.insert("query".to_owned(), request.query.clone().into());
    let texts = request.documents.iter().map(|document| Value::from(document.text()));
    body.insert("texts".to_owned(), texts.collect());
    Value::Object(body).to_string().into()
}

#[derive(Deserialize)]
struct Rank {
    index: u32,
    score: f64,
}

/// It counts no tokens: the gateway estimates them.
pub fn whole(body: &[u8], labels: &Labels) -> Result<Payload, EngineError> {
    let ranks: Vec<Rank> = own(body)?;
    rerank::response(labels, ranks.iter().map(|rank| (rank.index, rank.score)), None)
}
