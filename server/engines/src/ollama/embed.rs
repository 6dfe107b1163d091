//! Embeddings by `/api/embed`.

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};
use shared_chat::EmbeddingRequest;

use super::options;
use crate::{
    EngineError, Labels, Payload, PrepareContext, Unsupported,
    answers::{embedding, own},
};

pub fn body(request: &EmbeddingRequest, context: &PrepareContext<'_>) -> Result<Bytes, Unsupported> {
    let Some(texts) = request.input.texts() else { return Err(Unsupported::token_ids("input")) };
    let mut body = options::passed_through(&request.rest);
    body.insert("model".to_owned(), context.upstream_model.into());
    body.insert("input".to_owned(), texts.into());
    // A text too long is an error, as everywhere; by itself it would be cut without a word.
    body.insert("truncate".to_owned(), false.into());
    if let Some(length) = context.context_length {
        body.insert("options".to_owned(), json!({"num_ctx": length}));
    }
    // Versions before 0.11.11 leave it out: the answer's length shows it.
    if let Some(dimensions) = request.dimensions {
        body.insert("dimensions".to_owned(), dimensions.into());
    }
    Ok(Value::Object(body).to_string().into())
}

#[derive(Deserialize)]
struct Answer {
    embeddings: Vec<Vec<f32>>,
    #[serde(default)]
    prompt_eval_count: u64,
}

pub fn whole(body: &[u8], labels: &Labels) -> Result<Payload, EngineError> {
    let answer: Answer = own(body)?;
    if answer.embeddings.is_empty() {
        return Err(EngineError::malformed());
    }
    embedding::response(labels, answer.embeddings, answer.prompt_eval_count)
}
