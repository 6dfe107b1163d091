//! `POST /v1/embeddings`.

use axum::response::Response;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{completions::Prompts, whole::extend, wire};
use crate::{
    call::{Arrival, Ask, Call},
    compose, deliver,
    failure::{Failure, Input, Wire},
    models::ModelKind,
    state::{Sim, since_epoch},
};

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    model: String,
    input: Prompts,
    #[serde(default)]
    encoding_format: Encoding,
    dimensions: Option<usize>,
}

#[derive(Deserialize, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
enum Encoding {
    #[default]
    Float,
    Base64,
}

pub async fn embed(arrival: Arrival) -> Response {
    let wire = wire(&arrival.sim);
    respond(arrival, wire).await.unwrap_or_else(|failure| wire.error(&failure))
}

async fn respond(arrival: Arrival, wire: Wire) -> Result<Response, Failure> {
    let (call, body) = Call::arrive(arrival, wire).await?;
    let body: Body = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => return Err(call.refuse_body(format!("Invalid request body: {error}"))),
    };
    let sim = call.sim.clone();
    if let Some(message) = wrong_dimensions(&sim, body.dimensions) {
        return Err(call.refuse_body(message));
    }
    let texts = body.input.texts(&sim);
    let (call, tokens) = admit_texts(call, &body.model, ModelKind::Embedding, &texts).await?;
    let data: Vec<_> = texts
        .iter()
        .enumerate()
        .map(|(index, text)| entry(wire, index, &vector(&sim, text, body.dimensions), body.encoding_format))
        .collect();
    // TEI names the model that it serves, whatever was asked for.
    let model = if wire == Wire::TeiOpenai { sim.base_model().to_owned() } else { body.model };
    let mut answer = json!({
        "object": "list", "data": data, "model": model,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
    });
    if matches!(wire, Wire::Vllm | Wire::Nim) {
        let id = format!("embd-{}", sim.unique());
        extend(&mut answer, json!({"id": id, "created": since_epoch().as_secs()}));
        extend(&mut answer["usage"], json!({"completion_tokens": 0, "prompt_tokens_details": null}));
    }
    Ok(deliver::whole(call, answer.to_string(), 0).await)
}

fn entry(wire: Wire, index: usize, vector: &[f32], encoding: Encoding) -> Value {
    if encoding == Encoding::Float {
        return json!({"object": "embedding", "index": index, "embedding": vector});
    }
    let bytes: Vec<u8> = vector.iter().flat_map(|value| value.to_le_bytes()).collect();
    let mut entry = json!({"object": "embedding", "index": index, "embedding": STANDARD.encode(bytes)});
    if wire == Wire::Llamacpp {
        entry["encoding_format"] = "base64".into();
    }
    entry
}

/// A text's vector, cut to its first numbers where fewer are wanted, and of length 1 again.
pub fn vector(sim: &Sim, text: &str, dimensions: Option<usize>) -> Vec<f32> {
    let vector = compose::embed(text, sim.options.dimensions);
    match dimensions {
        Some(wanted) => compose::shortened(vector, wanted),
        None => vector,
    }
}

/// What is wrong with the dimensions wanted, if anything.
pub fn wrong_dimensions(sim: &Sim, wanted: Option<usize>) -> Option<String> {
    let most = sim.options.dimensions;
    wanted.filter(|wanted| !(1..=most).contains(wanted)).map(|wanted| {
        format!("`dimensions` must be between 1 and {most}, the model's embedding size. Given: {wanted}")
    })
}

/// Admits a call that reads texts and generates nothing; gives its prompt tokens.
pub async fn admit_texts(
    call: Call,
    model: &str,
    kind: ModelKind,
    texts: &[String],
) -> Result<(Call, u64), Failure> {
    let counts = || texts.iter().map(|text| compose::count(text));
    let (longest, all) = (counts().max().unwrap_or(0), counts().sum());
    let context = call.sim.options.context;
    let ask = Ask { model, kind, input: Input::Texts, tokens: longest, limit: None, context, images: 0 };
    let (call, _) = call.admit(ask).await?;
    call.sim.stats.prompt(all, 0);
    Ok((call, all))
}
