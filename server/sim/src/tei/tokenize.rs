//! `/tokenize` and `/decode`.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{failure::Wire, state::Sim};

#[derive(Deserialize)]
struct Tokenize {
    inputs: Texts,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Decode {
    ids: Ids,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Ids {
    One(Vec<u32>),
    Many(Vec<Vec<u32>>),
}

pub async fn tokenize(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    let texts = match serde_json::from_slice::<Tokenize>(&body) {
        Ok(Tokenize { inputs: Texts::One(text) }) => vec![text],
        Ok(Tokenize { inputs: Texts::Many(texts) }) => texts,
        Err(error) => return refused(error),
    };
    Json(texts.iter().map(|text| tokens(&sim, text)).collect::<Value>()).into_response()
}

fn tokens(sim: &Sim, text: &str) -> Value {
    let mut start = 0;
    let token = |(id, text): (u32, String)| {
        let stop = start + text.chars().count();
        let token = json!({"id": id, "text": text, "special": false, "start": start, "stop": stop});
        start = stop;
        token
    };
    sim.vocabulary.encode(text).into_iter().map(token).collect()
}

pub async fn decode(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    let lists = match serde_json::from_slice::<Decode>(&body) {
        Ok(Decode { ids: Ids::One(ids) }) => vec![ids],
        Ok(Decode { ids: Ids::Many(lists) }) => lists,
        Err(error) => return refused(error),
    };
    Json(lists.iter().map(|ids| sim.vocabulary.decode(ids)).collect::<Value>()).into_response()
}

fn refused(error: serde_json::Error) -> Response {
    Wire::Tei.error(&Wire::Tei.voice().bad_request(error.to_string()))
}
