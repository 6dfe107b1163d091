//! `POST /v1/ranking`, of the retriever NIMs: passages by their logits.

use axum::response::Response;
use serde::Deserialize;
use serde_json::json;

use crate::{
    call::{Arrival, Call},
    compose::relevance,
    deliver,
    failure::{Failure, Wire},
    models::ModelKind,
    openai::admit_texts,
};

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    model: String,
    query: Text,
    passages: Vec<Text>,
}

#[derive(Deserialize)]
struct Text {
    text: String,
}

pub async fn rank(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| Wire::Nim.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = Call::arrive(arrival, Wire::Nim).await?;
    let body: Body = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => return Err(call.refuse_body(error.to_string())),
    };
    let query = &body.query.text;
    let pairs: Vec<_> = body.passages.iter().map(|passage| format!("{query} {}", passage.text)).collect();
    let (call, tokens) = admit_texts(call, &body.model, ModelKind::Rerank, &pairs).await?;
    let score = |passage: &Text| {
        let share = relevance(query, &passage.text).clamp(1e-6, 1.0 - 1e-6);
        (share / (1.0 - share)).ln()
    };
    let mut ranked: Vec<_> = body.passages.iter().map(score).enumerate().collect();
    ranked.sort_by(|left, right| right.1.total_cmp(&left.1));
    let rankings: Vec<_> =
        ranked.iter().map(|(index, logit)| json!({"index": index, "logit": logit})).collect();
    let usage = json!({"prompt_tokens": tokens, "total_tokens": tokens});
    Ok(deliver::whole(call, json!({"rankings": rankings, "usage": usage}).to_string(), 0).await)
}
