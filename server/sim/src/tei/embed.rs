//! `/embed` and `/similarity`.

use axum::response::Response;
use serde::Deserialize;
use serde_json::Value;

use super::{take, wrong_batch};
use crate::{
    call::{Arrival, Call},
    deliver,
    failure::{Failure, Wire},
    models::ModelKind,
    openai::{admit_texts, vector, wrong_dimensions},
    state::Sim,
};

#[derive(Deserialize)]
struct Embed {
    inputs: Inputs,
    #[serde(default)]
    truncate: Option<bool>,
    dimensions: Option<usize>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Inputs {
    One(Input),
    Many(Vec<Input>),
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Input {
    Text(String),
    Ids(Vec<u32>),
}

#[derive(Deserialize)]
struct Similarity {
    inputs: Sentences,
}

#[derive(Deserialize)]
struct Sentences {
    source_sentence: String,
    sentences: Vec<String>,
}

impl Inputs {
    fn texts(self, sim: &Sim) -> Vec<String> {
        let text = |input| match input {
            Input::Text(text) => text,
            Input::Ids(ids) => sim.vocabulary.decode(&ids),
        };
        match self {
            Self::One(input) => vec![text(input)],
            Self::Many(inputs) => inputs.into_iter().map(text).collect(),
        }
    }
}

pub async fn embed(arrival: Arrival) -> Response {
    embed_texts(arrival).await.unwrap_or_else(|failure| Wire::Tei.error(&failure))
}

async fn embed_texts(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = take::<Embed>(arrival).await?;
    let sim = call.sim.clone();
    let mut texts = body.inputs.texts(&sim);
    if let Some(failure) = wrong_batch(texts.len(), "inputs") {
        return Err(call.refuse(failure));
    }
    if texts.iter().any(String::is_empty) {
        return Err(call.refuse_body("`inputs` cannot be empty".to_owned()));
    }
    if let Some(message) = wrong_dimensions(&sim, body.dimensions) {
        return Err(call.refuse_body(message));
    }
    if body.truncate == Some(true) {
        truncate(&sim, &mut texts);
    }
    let (call, _) = admit_texts(call, "", ModelKind::Embedding, &texts).await?;
    let vectors: Vec<_> = texts.iter().map(|text| vector(&sim, text, body.dimensions)).collect();
    Ok(deliver::whole(call, Value::from_iter(vectors).to_string(), 0).await)
}

fn truncate(sim: &Sim, texts: &mut [String]) {
    for text in texts {
        let mut pieces = crate::compose::Pieces::of(std::mem::take(text));
        pieces.truncate(sim.options.context.saturating_sub(1));
        *text = pieces.text;
    }
}

pub async fn similarity(arrival: Arrival) -> Response {
    similar_texts(arrival).await.unwrap_or_else(|failure| Wire::Tei.error(&failure))
}

async fn similar_texts(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = take::<Similarity>(arrival).await?;
    let Sentences { source_sentence, sentences } = body.inputs;
    if let Some(failure) = wrong_batch(sentences.len(), "sentences") {
        return Err(call.refuse(failure));
    }
    let (call, _): (Call, _) = admit_texts(call, "", ModelKind::Embedding, &sentences).await?;
    let source = vector(&call.sim, &source_sentence, None);
    let near = |sentence: &String| -> f32 {
        source.iter().zip(vector(&call.sim, sentence, None)).map(|(left, right)| left * right).sum()
    };
    let scores: Value = sentences.iter().map(near).collect();
    Ok(deliver::whole(call, scores.to_string(), 0).await)
}
