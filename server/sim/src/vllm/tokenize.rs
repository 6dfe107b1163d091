//! `POST /tokenize` and `/detokenize`, as vLLM and SGLang serve them.

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, json};

use super::missing;
use crate::{compose::content_text, failure::Wire, openai::wire, state::Sim};

#[derive(Deserialize)]
struct Tokenize {
    prompt: Option<Texts>,
    messages: Option<Vec<Message>>,
    #[serde(default)]
    return_token_strs: bool,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    /// SGLang's.
    Many(Vec<String>),
}

#[derive(Deserialize)]
struct Message {
    role: String,
    #[serde(default)]
    content: Value,
}

#[derive(Deserialize)]
struct Detokenize {
    tokens: Tokens,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Tokens {
    One(Vec<u32>),
    /// SGLang's.
    Many(Vec<Vec<u32>>),
}

fn refused(sim: &Sim, message: impl Into<String>) -> Response {
    let wire = wire(sim);
    wire.error(&wire.voice().bad_request(message.into()))
}

pub async fn tokenize(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    let asked = match serde_json::from_slice::<Tokenize>(&body) {
        Ok(asked) => asked,
        Err(error) => return refused(&sim, error.to_string()),
    };
    let text = match (asked.prompt, asked.messages) {
        (Some(Texts::One(text)), None) => text,
        (Some(Texts::Many(texts)), None) if wire(&sim) == Wire::Sglang => return many(&sim, &texts),
        (None, Some(messages)) => messages.iter().map(templated).collect::<String>() + "<|assistant|>",
        (None, None) if wire(&sim) == Wire::Vllm => {
            return Wire::Vllm.error(&missing(&["prompt", "messages"], 1));
        }
        _ => return refused(&sim, "Exactly one of 'prompt' or 'messages' must be provided."),
    };
    let tokens = sim.vocabulary.encode(&text);
    let ids: Vec<_> = tokens.iter().map(|(id, _)| *id).collect();
    let mut answer = json!({"count": ids.len(), "max_model_len": sim.options.context, "tokens": ids});
    if wire(&sim) != Wire::Sglang {
        let strings: Vec<_> = tokens.iter().map(|(_, text)| text).collect();
        answer["token_strs"] = if asked.return_token_strs { json!(strings) } else { Value::Null };
    }
    Json(answer).into_response()
}

fn many(sim: &Sim, texts: &[String]) -> Response {
    let lists = texts.iter().map(|text| sim.vocabulary.encode(text));
    let ids: Vec<Vec<_>> = lists.map(|tokens| tokens.into_iter().map(|(id, _)| id).collect()).collect();
    let counts: Vec<_> = ids.iter().map(Vec::len).collect();
    Json(json!({"tokens": ids, "count": counts, "max_model_len": sim.options.context})).into_response()
}

fn templated(message: &Message) -> String {
    format!("<|{}|>{}\n", message.role, content_text(&message.content))
}

pub async fn detokenize(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    let tokens = match serde_json::from_slice::<Detokenize>(&body) {
        Ok(asked) => asked.tokens,
        Err(error) => return refused(&sim, error.to_string()),
    };
    let sglang = wire(&sim) == Wire::Sglang;
    match tokens {
        Tokens::One(ids) if sglang => Json(json!({"text": sim.vocabulary.decode(&ids)})).into_response(),
        Tokens::One(ids) => Json(json!({"prompt": sim.vocabulary.decode(&ids)})).into_response(),
        Tokens::Many(lists) if sglang => {
            let texts: Vec<_> = lists.iter().map(|ids| sim.vocabulary.decode(ids)).collect();
            Json(json!({"text": texts})).into_response()
        }
        Tokens::Many(_) => refused(&sim, "tokens: Input should be a valid list of integers"),
    }
}
