//! Tokens in vLLM's form.

use shared_chat::{DetokenizeResponse, Rest, TokenizeResponse};

use super::written;
use crate::{EngineError, Payload};

/// A text's tokens, with their texts where the engine told them.
pub fn tokenized(tokens: Vec<u32>, texts: Option<Vec<String>>) -> Result<Payload, EngineError> {
    written(&TokenizeResponse {
        count: tokens.len() as u64,
        max_model_len: None,
        tokens,
        token_strs: texts,
        rest: Rest::new(),
    })
}

pub fn detokenized(prompt: String) -> Result<Payload, EngineError> {
    written(&DetokenizeResponse { prompt, rest: Rest::new() })
}
