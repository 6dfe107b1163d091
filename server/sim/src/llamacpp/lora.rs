//! `/lora-adapters`: those given at the start, whose scales can be changed.

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
    failure::{Cause, Failure, Wire},
    state::Sim,
};

#[derive(Deserialize)]
struct Scale {
    #[serde(default = "none")]
    id: i64,
    #[serde(default)]
    scale: f64,
}

fn none() -> i64 {
    -1
}

pub async fn list(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let entry = |(id, lora): (usize, crate::models::Lora)| json!({"id": id, "path": lora.path, "scale": lora.scale, "task_name": "", "prompt_prefix": ""});
    Json(sim.loras.list().into_iter().enumerate().map(entry).collect())
}

pub async fn scale(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    let refuse = |message: String| Wire::Llamacpp.error(&Failure::new(Cause::BadRequest, message));
    let body: Value = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => return refuse(error.to_string()),
    };
    if !body.is_array() {
        return refuse("Request body must be an array".to_owned());
    }
    let scales: Vec<Scale> = match serde_json::from_value(body) {
        Ok(scales) => scales,
        Err(error) => return refuse(error.to_string()),
    };
    let placed = scales.iter().map(|set| Some((usize::try_from(set.id).ok()?, set.scale)));
    match placed.collect::<Option<Vec<_>>>() {
        Some(scales) if sim.loras.scale(&scales) => Json(json!({"success": true})).into_response(),
        _ => refuse("invalid adapter id".to_owned()),
    }
}
