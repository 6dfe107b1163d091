//! Tokens as TGI shows them, and `/tokenize`.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    compose::{Pieces, logprob},
    failure::Wire,
    openai,
    state::Sim,
};

/// A generated token.
pub fn token(sim: &Sim, text: &str) -> Value {
    let id = sim.vocabulary.encode(text).first().map_or(2, |(id, _)| *id);
    json!({"id": id, "text": text, "logprob": logprob(text, 0).0, "special": false})
}

/// The token that ends an answer.
pub fn end_token() -> Value {
    json!({"id": 2, "text": "</s>", "logprob": -0.01, "special": true})
}

/// The tokens of an answer as it generates them, thoughts inside its text.
pub fn generated(answer: &crate::compose::Answer) -> Vec<String> {
    let thoughts = answer.reasoning.iter().flat_map(|pieces| {
        std::iter::once("<think>").chain(pieces.iter()).chain(["</think>"]).map(str::to_owned)
    });
    let said = Pieces::of(answer.text().to_owned());
    let said = said.iter().map(str::to_owned).collect::<Vec<_>>();
    // It does not cut the stop text off.
    thoughts.chain(said).chain(answer.stopped_by.clone()).collect()
}

/// Why an answer ended: `length`, `stop_sequence` or `eos_token`.
pub fn finish_reason(answer: &crate::compose::Answer) -> &'static str {
    match (answer.finish, &answer.stopped_by) {
        (crate::compose::Finish::Length, _) => "length",
        (_, Some(_)) => "stop_sequence",
        _ => "eos_token",
    }
}

#[derive(Deserialize)]
struct Tokenize {
    inputs: String,
}

fn tokens(sim: &Sim, text: &str) -> Value {
    let mut start = 0;
    let token = |(id, text): (u32, String)| {
        let stop = start + text.len();
        let token = json!({"id": id, "text": text, "start": start, "stop": stop});
        start = stop;
        token
    };
    sim.vocabulary.encode(text).into_iter().map(token).collect()
}

pub async fn tokenize(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Tokenize>(&body) {
        Ok(asked) => Json(tokens(&sim, &asked.inputs)).into_response(),
        Err(error) => refused(error.to_string()),
    }
}

pub async fn chat_tokenize(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    match openai::read(&body, false, sim.most_choices()) {
        Ok(call) => {
            let turn = |turn: &crate::compose::Turn| format!("<|{}|>{}\n", turn.role, turn.text);
            let text: String = call.prompt.turns.iter().map(turn).collect();
            Json(json!({"tokenize_response": tokens(&sim, &text), "templated_text": text})).into_response()
        }
        Err(wrong) => refused(wrong.to_string()),
    }
}

fn refused(message: String) -> Response {
    Wire::Tgi.error(&Wire::Tgi.voice().bad_request(message))
}
