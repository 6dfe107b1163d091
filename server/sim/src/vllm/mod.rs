//! What vLLM serves beside OpenAI's routes: health, version, metrics, LoRAs.

mod lora;
mod metrics;

use std::sync::Arc;

use axum::{
    Json, Router,
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{openai::beside, state::Sim};

/// The version that is imitated.
pub const VERSION: &str = "0.19.0";

pub fn routes() -> Router<Arc<Sim>> {
    beside(
        Router::new()
            .route("/health", get(health))
            .route("/ping", get(health).post(health))
            .route("/version", get(version))
            .route("/metrics", get(metrics::show))
            .route("/v1/load_lora_adapter", post(lora::load))
            .route("/v1/unload_lora_adapter", post(lora::unload)),
    )
}

async fn health() {}

async fn version() -> Json<Value> {
    Json(json!({"version": VERSION}))
}
