//! llama.cpp's own `/embedding`: a list, with a vector for each pooled text in a list of its own.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    call::{Arrival, Call},
    deliver,
    failure::{Failure, Wire},
    models::ModelKind,
    openai::{admit_texts, vector},
};

#[derive(Deserialize)]
struct Body {
    #[serde(alias = "input")]
    content: Texts,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

pub async fn embed(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| Wire::Llamacpp.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = Call::arrive(arrival, Wire::Llamacpp).await?;
    let texts = match serde_json::from_slice::<Body>(&body) {
        Ok(Body { content: Texts::One(text) }) => vec![text],
        Ok(Body { content: Texts::Many(texts) }) => texts,
        Err(error) => return Err(call.refuse_body(error.to_string())),
    };
    let (call, _) = admit_texts(call, "", ModelKind::Embedding, &texts).await?;
    let entry = |(index, text): (usize, &String)| json!({"index": index, "embedding": [vector(&call.sim, text, None)]});
    let answer: Value = texts.iter().enumerate().map(entry).collect();
    Ok(deliver::whole(call, answer.to_string(), 0).await)
}
