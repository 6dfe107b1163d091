//! `/tokenize` and `/detokenize`.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_chat::{DetokenizeRequest, TokenizeRequest};

use crate::{
    EngineError, Payload, Unsupported,
    answers::{own, tokens},
};

pub fn tokenize(request: &TokenizeRequest) -> Result<Bytes, Unsupported> {
    let Some(prompt) = &request.prompt else { return Err(Unsupported::messages()) };
    let body = json!({
        "content": prompt,
        // vLLM's default; llama.cpp's own is false.
        "add_special": request.add_special_tokens.unwrap_or(true),
        "with_pieces": request.return_token_strs.unwrap_or(false),
    });
    Ok(body.to_string().into())
}

pub fn detokenize(request: &DetokenizeRequest) -> Bytes {
    json!({"tokens": request.tokens}).to_string().into()
}

#[derive(Deserialize)]
struct Tokenized {
    tokens: Vec<Token>,
}

/// A number, or with `with_pieces` an object.
#[derive(Deserialize)]
#[serde(untagged)]
enum Token {
    Id(u32),
    Piece { id: u32, piece: Value },
}

/// A piece that is no whole text is told as its bytes.
fn text(piece: &Value) -> String {
    match piece {
        Value::String(text) => text.clone(),
        bytes => {
            let bytes = bytes.as_array().into_iter().flatten().filter_map(Value::as_u64);
            let bytes: Vec<u8> = bytes.filter_map(|byte| u8::try_from(byte).ok()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

pub fn tokenized(body: &[u8]) -> Result<Payload, EngineError> {
    let answer: Tokenized = own(body)?;
    let mut texts = Vec::new();
    let ids = answer.tokens.iter().map(|token| match token {
        Token::Id(id) => *id,
        Token::Piece { id, piece } => {
            texts.push(text(piece));
            *id
        }
    });
    let ids: Vec<_> = ids.collect();
    tokens::tokenized(ids, (!texts.is_empty()).then_some(texts))
}

#[derive(Deserialize)]
struct Content {
    content: String,
}

pub fn detokenized(body: &[u8]) -> Result<Payload, EngineError> {
    tokens::detokenized(own::<Content>(body)?.content)
}
