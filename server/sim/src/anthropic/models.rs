//! `/v1/models`.

use std::sync::Arc;

use axum::{
    Json,
    extract::{Path, State},
    response::{IntoResponse, Response},
};
use serde_json::{Value, json};

use super::WIRE;
use crate::state::Sim;

fn card(name: &str) -> Value {
    json!({"type": "model", "id": name, "display_name": name, "created_at": "2026-01-01T00:00:00Z"})
}

pub async fn list(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let names: Vec<_> = sim.served.iter().map(|served| served.name.as_str()).collect();
    Json(json!({
        "data": names.iter().map(|name| card(name)).collect::<Vec<_>>(), "has_more": false,
        "first_id": names.first(), "last_id": names.last(),
    }))
}

pub async fn one(State(sim): State<Arc<Sim>>, Path(id): Path<String>) -> Response {
    match sim.served.iter().find(|served| served.name == id) {
        Some(served) => Json(card(&served.name)).into_response(),
        None => WIRE.error(&WIRE.voice().model_not_found(&id, &[])),
    }
}
