//! Loading and unloading LoRAs at run time (`LoRAUpdateOutput`, `lora_registry.py`).

use std::sync::Arc;

use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Map, Value, json};

use crate::{
    failure::{Cause, Failure, Wire},
    state::Sim,
};

/// A path with this word in it is one that is not there.
const MISSING: &str = "missing";

#[derive(Deserialize)]
struct Load {
    lora_name: String,
    lora_path: String,
}

#[derive(Deserialize)]
struct Unload {
    lora_name: String,
}

pub async fn load(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    let Load { lora_name: name, lora_path: path } = match read(&body) {
        Ok(asked) => asked,
        Err(failure) => return Wire::Sglang.error(&failure),
    };
    let error = if sim.loras.has(&name) {
        Some(format!("LoRA with name {name} already exists. Loaded LoRAs: {}", keys(&sim)))
    } else if path.contains(MISSING) {
        Some(format!(
            "Failed to load LoRA adapter {name}: {path} is not a local folder and is not a valid model"
        ))
    } else {
        sim.loras.put(name, path);
        None
    };
    updated(&sim, error)
}

pub async fn unload(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    let Unload { lora_name: name } = match read(&body) {
        Ok(asked) => asked,
        Err(failure) => return Wire::Sglang.error(&failure),
    };
    let missing = || format!("LoRA with name {name} does not exist. Loaded LoRAs: {}", keys(&sim));
    let error = (!sim.loras.has(&name)).then(missing);
    sim.loras.remove(&name);
    updated(&sim, error)
}

fn read<B: DeserializeOwned>(body: &[u8]) -> Result<B, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::new(Cause::BadRequest, error.to_string()))
}

/// The names as Python prints a dictionary's keys.
fn keys(sim: &Sim) -> String {
    let names: Vec<_> = sim.loras.list().into_iter().map(|lora| format!("'{}'", lora.name)).collect();
    format!("dict_keys([{}])", names.join(", "))
}

fn updated(sim: &Sim, error: Option<String>) -> Response {
    let status = if error.is_none() { StatusCode::OK } else { StatusCode::BAD_REQUEST };
    let loaded: Map<_, _> =
        sim.loras.list().into_iter().map(|lora| (lora.name, Value::from(lora.path))).collect();
    let body = json!({"success": error.is_none(), "error_message": error, "loaded_adapters": loaded});
    (status, Json(body)).into_response()
}
