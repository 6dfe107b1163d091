//! `POST /tokenize` and `/detokenize`.

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
    #[serde(default)]
    content: String,
    #[serde(default)]
    with_pieces: bool,
}

#[derive(Deserialize)]
struct Detokenize {
    #[serde(default)]
    tokens: Vec<u32>,
}

pub async fn tokenize(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    let asked = match serde_json::from_slice::<Tokenize>(&body) {
        Ok(asked) => asked,
        Err(error) => return refused(error),
    };
    let token = |(id, piece): (u32, String)| {
        if asked.with_pieces { json!({"id": id, "piece": piece}) } else { json!(id) }
    };
    let tokens: Value = sim.vocabulary.encode(&asked.content).into_iter().map(token).collect();
    Json(json!({"tokens": tokens})).into_response()
}

pub async fn detokenize(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Detokenize>(&body) {
        Ok(asked) => Json(json!({"content": sim.vocabulary.decode(&asked.tokens)})).into_response(),
        Err(error) => refused(error),
    }
}

fn refused(error: serde_json::Error) -> Response {
    Wire::Llamacpp.error(&Wire::Llamacpp.voice().bad_request(error.to_string()))
}
