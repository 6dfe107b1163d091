//! What Ollama has installed and loaded.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use chrono::{DateTime, SecondsFormat, Utc};
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    failure::{Cause, Failure, Wire},
    models::ModelKind,
    state::{Found, Sim, tagged},
};

/// The version that is imitated.
const VERSION: &str = "0.14.2";
const SIZE: u64 = 4_920_753_328;
const DIGEST: &str = "46e0c10c039e019119339687c3c1757cc81b9da49709a3b3924863ba87ca666e";

fn stamp(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Nanos, true)
}

/// Now.
pub fn timestamp() -> String {
    stamp(SystemTime::now())
}

pub async fn version() -> Json<Value> {
    Json(json!({"version": VERSION}))
}

fn details() -> Value {
    json!({
        "parent_model": "", "format": "gguf", "family": "llama", "families": ["llama"], "parameter_size": "8.0B",
        "quantization_level": "Q4_K_M",
    })
}

fn rows(sim: &Sim, row: impl Fn(String) -> Value) -> Json<Value> {
    let rows: Vec<_> = sim.served.iter().map(|served| row(tagged(&served.name))).collect();
    Json(json!({"models": rows}))
}

pub async fn tags(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let modified = stamp(SystemTime::UNIX_EPOCH + sim.born);
    rows(&sim, |name| {
        json!({
            "name": name, "model": name, "modified_at": modified, "size": SIZE, "digest": DIGEST, "details": details(),
        })
    })
}

pub async fn ps(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let expires = stamp(SystemTime::now() + Duration::from_mins(5));
    rows(&sim, |name| {
        json!({
            "name": name, "model": name, "size": SIZE, "digest": DIGEST, "details": details(), "expires_at": expires,
            "size_vram": SIZE, "context_length": sim.options.context,
        })
    })
}

#[derive(Deserialize)]
struct Show {
    #[serde(alias = "name")]
    model: String,
}

pub async fn show(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    let asked = match serde_json::from_slice::<Show>(&body) {
        Ok(asked) => asked,
        Err(error) => return Wire::Ollama.error(&Failure::new(Cause::BadRequest, error.to_string())),
    };
    let Found::Model { served, .. } = sim.find(&asked.model, ModelKind::Chat) else {
        return Wire::Ollama.error(&Wire::Ollama.voice().model_not_found(&asked.model, &[]));
    };
    let mut capabilities =
        if served.kind == ModelKind::Chat { vec!["completion", "tools"] } else { vec!["embedding"] };
    capabilities.extend(sim.options.vision.then_some("vision"));
    capabilities.extend(sim.options.reasoning.then_some("thinking"));
    Json(json!({
        "modelfile": "", "parameters": "", "template": "{{ .Prompt }}", "details": details(),
        "model_info": {
            "general.architecture": "llama", "llama.context_length": sim.options.context,
            "llama.embedding_length": sim.options.dimensions,
        },
        "capabilities": capabilities,
        "modified_at": stamp(SystemTime::UNIX_EPOCH + sim.born),
    }))
    .into_response()
}
