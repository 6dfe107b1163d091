//! `POST /api/embed`, and the older `/api/embeddings` for one text.

use axum::response::Response;
use serde::Deserialize;
use serde_json::json;
use tokio::time::Instant;

use crate::{
    call::{Arrival, Call},
    compose::{Pieces, count},
    deliver,
    failure::{Cause, Failure, Wire},
    models::ModelKind,
    openai::{admit_texts, vector, wrong_dimensions},
};

#[derive(Deserialize)]
struct Embed {
    model: String,
    #[serde(default)]
    input: Option<Texts>,
    truncate: Option<bool>,
    dimensions: Option<usize>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct EmbedOne {
    model: String,
    #[serde(default)]
    prompt: String,
}

pub async fn embed(arrival: Arrival) -> Response {
    embed_texts(arrival).await.unwrap_or_else(|failure| Wire::Ollama.error(&failure))
}

async fn embed_texts(arrival: Arrival) -> Result<Response, Failure> {
    let began = Instant::now();
    let (call, body) = Call::arrive(arrival, Wire::Ollama).await?;
    let body: Embed = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => return Err(call.refuse_body(error.to_string())),
    };
    let mut texts = match body.input {
        None => vec![],
        Some(Texts::One(text)) => vec![text],
        Some(Texts::Many(texts)) => texts,
    };
    let sim = call.sim.clone();
    let wanted = body.dimensions.filter(|wanted| *wanted > 0);
    if let Some(message) = wrong_dimensions(&sim, wanted) {
        return Err(call.refuse_body(message));
    }
    if let Err(failure) = fit(&mut texts, sim.options.context, body.truncate.unwrap_or(true)) {
        return Err(call.refuse(failure));
    }
    let (call, tokens) = admit_texts(call, &body.model, ModelKind::Embedding, &texts).await?;
    let vectors: Vec<_> = texts.iter().map(|text| vector(&sim, text, wanted)).collect();
    let answer = json!({
        "model": body.model, "embeddings": vectors, "total_duration": began.elapsed().as_nanos() as u64,
        "load_duration": 1000, "prompt_eval_count": tokens,
    });
    Ok(deliver::whole(call, answer.to_string(), 0).await)
}

/// Cuts texts to the context, unless that is forbidden.
fn fit(texts: &mut [String], context: u64, truncate: bool) -> Result<(), Failure> {
    for text in texts.iter_mut().filter(|text| count(text) > context) {
        if !truncate {
            return Err(Failure::new(Cause::Context, "the input length exceeds the context length"));
        }
        let mut pieces = Pieces::of(std::mem::take(text));
        pieces.truncate(context);
        *text = pieces.text;
    }
    Ok(())
}

pub async fn embed_one(arrival: Arrival) -> Response {
    embed_text(arrival).await.unwrap_or_else(|failure| Wire::Ollama.error(&failure))
}

async fn embed_text(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = Call::arrive(arrival, Wire::Ollama).await?;
    let body: EmbedOne = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => return Err(call.refuse_body(error.to_string())),
    };
    let mut texts = [body.prompt];
    if let Err(failure) = fit(&mut texts, call.sim.options.context, true) {
        return Err(call.refuse(failure));
    }
    let (call, _) = admit_texts(call, &body.model, ModelKind::Embedding, &texts).await?;
    let answer = json!({"embedding": vector(&call.sim, &texts[0], None)});
    Ok(deliver::whole(call, answer.to_string(), 0).await)
}
