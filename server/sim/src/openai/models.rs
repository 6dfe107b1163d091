//! The models served, as OpenAI and vLLM list them.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::wire;
use crate::{failure::Wire, state::Sim};

pub async fn list(State(sim): State<Arc<Sim>>) -> Json<Value> {
    Json(json!({"object": "list", "data": cards(&sim)}))
}

pub async fn one(State(sim): State<Arc<Sim>>, Path(id): Path<String>) -> Response {
    match cards(&sim).into_iter().find(|card| card["id"] == id.as_str()) {
        Some(card) => Json(card).into_response(),
        None => wire(&sim).error(&wire(&sim).model_not_found(&id)),
    }
}

fn cards(sim: &Sim) -> Vec<Value> {
    let created = sim.born.as_secs();
    let served = sim.options.models.iter();
    if wire(sim) == Wire::Openai {
        return served
            .map(|id| json!({"id": id, "object": "model", "created": created, "owned_by": "simulated"}))
            .collect();
    }
    let card = |id: &str, root: &str, parent: Value, max_model_len: Value| {
        json!({
            "id": id, "object": "model", "created": created, "owned_by": "vllm", "root": root, "parent": parent,
            "max_model_len": max_model_len, "permission": [],
        })
    };
    let bases = served.map(|id| card(id, id, Value::Null, sim.options.context.into()));
    let loras = sim.loras.lock();
    let loras = loras.iter().map(|(id, path)| card(id, path, sim.base_model().into(), Value::Null));
    bases.chain(loras).collect()
}
