//! Loading and unloading LoRAs at run time.

use std::sync::Arc;

use axum::{extract::State, response::Response};
use bytes::Bytes;
use serde::Deserialize;

use super::missing;
use crate::{
    failure::{Cause, Failure, Wire},
    state::Sim,
};

/// A path with this word in it is one that is not there.
const MISSING: &str = "missing";

#[derive(Deserialize)]
struct Lora {
    lora_name: Option<String>,
    lora_path: Option<String>,
    #[serde(default)]
    load_inplace: bool,
}

fn read(body: &[u8]) -> Result<Lora, Failure> {
    serde_json::from_slice(body).map_err(|error| Failure::new(Cause::BadRequest, error.to_string()))
}

fn respond(result: Result<String, Failure>) -> Response {
    result.map_or_else(|failure| Wire::Vllm.error(&failure), |text| Response::new(text.into()))
}

pub async fn load(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    respond(read(&body).and_then(|lora| add(&sim, lora)))
}

fn add(sim: &Sim, lora: Lora) -> Result<String, Failure> {
    let given = usize::from(lora.lora_name.is_some()) + usize::from(lora.lora_path.is_some());
    let (name, path, load_inplace) = match (lora.lora_name, lora.lora_path) {
        (Some(name), Some(path)) => (name, path, lora.load_inplace),
        (None, Some(_)) => return Err(missing(&["lora_name"], given)),
        (Some(_), None) => return Err(missing(&["lora_path"], given)),
        (None, None) => return Err(missing(&["lora_name", "lora_path"], given)),
    };
    if !load_inplace && sim.loras.has(&name) {
        return Err(Failure::new(
            Cause::BadRequest,
            format!(
                "The lora adapter '{name}' has already been loaded. If you want to load the adapter in place, set \
                 'load_inplace' to True."
            ),
        )
        .kind("InvalidUserInput"));
    }
    if path.contains(MISSING) {
        return Err(Failure::new(
            Cause::NotFound,
            format!("Loading lora {name} failed: No adapter found for {path}"),
        ));
    }
    let text = format!("Success: LoRA adapter '{name}' added successfully.");
    sim.loras.put(name, path);
    Ok(text)
}

pub async fn unload(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    respond(read(&body).and_then(|lora| {
        let name =
            lora.lora_name.ok_or_else(|| missing(&["lora_name"], usize::from(lora.lora_path.is_some())))?;
        remove(&sim, &name)
    }))
}

fn remove(sim: &Sim, name: &str) -> Result<String, Failure> {
    if sim.loras.remove(name) {
        Ok(format!("Success: LoRA adapter '{name}' removed successfully."))
    } else {
        Err(Failure::new(Cause::NotFound, format!("The lora adapter '{name}' cannot be found.")))
    }
}
