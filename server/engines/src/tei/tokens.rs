//! `/tokenize` and `/decode`, each for a batch of which one is sent.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use shared_chat::{DetokenizeRequest, TokenizeRequest};

use crate::{
    EngineError, Payload, Unsupported,
    answers::{own, tokens},
};

pub fn tokenize(request: &TokenizeRequest) -> Result<Bytes, Unsupported> {
    let Some(prompt) = &request.prompt else { return Err(Unsupported::messages()) };
    let special = request.add_special_tokens.unwrap_or(true);
    Ok(json!({"inputs": prompt, "add_special_tokens": special}).to_string().into())
}

pub fn detokenize(request: &DetokenizeRequest) -> Bytes {
    json!({"ids": request.tokens, "skip_special_tokens": false}).to_string().into()
}

#[derive(Deserialize)]
struct Token {
    id: u32,
    text: String,
}

pub fn tokenized(body: &[u8]) -> Result<Payload, EngineError> {
    let batch: Vec<Vec<Token>> = own(body)?;
    let first = batch.into_iter().next().ok_or_else(EngineError::malformed)?;
    let (ids, texts) = first.into_iter().map(|token| (token.id, token.text)).unzip();
    tokens::tokenized(ids, Some(texts))
}

pub fn detokenized(body: &[u8]) -> Result<Payload, EngineError> {
    let batch: Vec<String> = own(body)?;
    tokens::detokenized(batch.into_iter().next().ok_or_else(EngineError::malformed)?)
}
