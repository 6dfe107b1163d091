//! `/tokenize`. There is no way back.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::json;
use shared_chat::TokenizeRequest;

use crate::{
    EngineError, Payload, Unsupported,
    answers::{own, tokens},
};

pub fn body(request: &TokenizeRequest) -> Result<Bytes, Unsupported> {
    let Some(prompt) = &request.prompt else { return Err(Unsupported::messages()) };
    if request.add_special_tokens == Some(false) {
        let reason = "must be true for this model: its engine always adds them";
        return Err(Unsupported::new("add_special_tokens", reason));
    }
    Ok(json!({"inputs": prompt}).to_string().into())
}

#[derive(Deserialize)]
struct Token {
    id: u32,
    text: String,
}

pub fn whole(body: &[u8]) -> Result<Payload, EngineError> {
    let all: Vec<Token> = own(body)?;
    let (ids, texts) = all.into_iter().map(|token| (token.id, token.text)).unzip();
    tokens::tokenized(ids, Some(texts))
}
