//! The models served, as each engine lists them on OpenAI's route.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::wire;
use crate::{
    failure::Wire,
    state::{Sim, tagged},
};

pub async fn list(State(sim): State<Arc<Sim>>) -> Json<Value> {
    Json(json!({"object": "list", "data": cards(&sim)}))
}

pub async fn one(State(sim): State<Arc<Sim>>, Path(id): Path<String>) -> Response {
    match cards(&sim).into_iter().find(|card| card["id"] == id.as_str()) {
        Some(card) => Json(card).into_response(),
        None => wire(&sim).error(&wire(&sim).voice().model_not_found(&id, &sim.names())),
    }
}

fn cards(sim: &Sim) -> Vec<Value> {
    let created = sim.born.as_secs();
    let names = sim.served.iter().map(|served| served.name.as_str());
    let plain = |id: &str, owner: &str, created: u64| json!({"id": id, "object": "model", "created": created, "owned_by": owner});
    match wire(sim) {
        Wire::Vllm => with_loras(sim, "vllm"),
        Wire::Nim => with_loras(sim, "system"),
        Wire::Sglang => with_loras(sim, "sglang"),
        Wire::OllamaOpenai => names.map(|id| plain(&tagged(id), "library", created)).collect(),
        // TGI serves one model and calls it its own owner; it does not know since when.
        Wire::TgiOpenai => vec![plain(sim.base_model(), sim.base_model(), 0)],
        _ => names.map(|id| plain(id, "simulated", created)).collect(),
    }
}

/// What anybody may do with a model of vLLM's: OpenAI's old form.
fn permission(sim: &Sim) -> Value {
    json!({
        "id": format!("modelperm-{}", sim.unique()), "object": "model_permission", "created": sim.born.as_secs(),
        "allow_create_engine": false, "allow_sampling": true, "allow_logprobs": true, "allow_search_indices": false,
        "allow_view": true, "allow_fine_tuning": false, "organization": "*", "group": null, "is_blocking": false,
    })
}

/// vLLM's cards: LoRAs stand beside the models and name their parent.
fn with_loras(sim: &Sim, owner: &str) -> Vec<Value> {
    let created = sim.born.as_secs();
    let card = |id: &str, root: &str, parent: Value, max_model_len: Value| {
        let mut card = json!({
            "id": id, "object": "model", "created": created, "owned_by": owner, "root": root, "parent": parent,
            "max_model_len": max_model_len,
        });
        match owner {
            "sglang" => {}
            "vllm" => card["permission"] = json!([permission(sim)]),
            _ => card["permission"] = json!([]),
        }
        card
    };
    let context = || Value::from(sim.options.context);
    let bases = sim.served.iter().map(|served| card(&served.name, &served.name, Value::Null, context()));
    let loras = sim.loras.list();
    let loras = loras.iter().map(|lora| card(&lora.name, &lora.path, sim.base_model().into(), Value::Null));
    bases.chain(loras).collect()
}
