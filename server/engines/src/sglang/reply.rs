//! Answers of SGLang that are not in the shared form.

use serde::Deserialize;
use shared_chat::EmbeddingUsage;

use crate::{
    EngineError, Labels, Payload,
    answers::{own, rerank, tokens},
};

#[derive(Deserialize)]
struct Ranked {
    index: u32,
    score: f64,
    meta_info: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    #[serde(default)]
    prompt_tokens: u64,
}

/// A list of the documents with their scores; each tells its own tokens.
pub fn reranked(body: &[u8], labels: &Labels) -> Result<Payload, EngineError> {
    let ranked: Vec<Ranked> = own(body)?;
    let counted = ranked.iter().filter_map(|one| one.meta_info.as_ref()).map(|meta| meta.prompt_tokens);
    let usage = Some(counted.sum()).filter(|tokens| *tokens > 0).map(EmbeddingUsage::of);
    rerank::response(labels, ranked.iter().map(|one| (one.index, one.score)), usage)
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

pub fn detokenized(body: &[u8]) -> Result<Payload, EngineError> {
    tokens::detokenized(own::<Text>(body)?.text)
}
