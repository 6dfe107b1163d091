//! vLLM: OpenAI's routes, health, version, metrics, tokens, pooling models, LoRAs.

mod lora;
mod metrics;
mod pooling;
mod speech;
mod style;
mod tokenize;

pub use pooling::{classify, ranked, rerank};
use speech::missing;
pub use speech::{Speech, kind};
pub use style::STYLE;
pub use tokenize::{detokenize, tokenize};

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use http::StatusCode;
use serde_json::{Value, json};

use crate::{
    openai::{self, BODY_LIMIT, beside},
    state::Sim,
};

/// The version that is imitated.
pub const VERSION: &str = "0.32.0";

pub fn routes() -> Router<Arc<Sim>> {
    openai::chats()
        .route("/v1/embeddings", post(openai::embed))
        .route("/rerank", post(rerank))
        .route("/v1/rerank", post(rerank))
        .route("/v2/rerank", post(rerank))
        .route("/score", post(pooling::score))
        .route("/v1/score", post(pooling::score))
        .route("/classify", post(classify))
        .merge(openai::models())
        .merge(beside(
            Router::new()
                .route("/health", get(health))
                .route("/ping", get(health).post(health))
                .route("/version", get(version))
                .route("/metrics", get(metrics::show))
                .route("/tokenize", post(tokenize))
                .route("/detokenize", post(detokenize))
                .route("/v1/load_lora_adapter", post(lora::load))
                .route("/v1/unload_lora_adapter", post(lora::unload)),
        ))
        .fallback(unknown)
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// A route that it has not.
async fn unknown() -> (StatusCode, Json<Value>) {
    (StatusCode::NOT_FOUND, Json(json!({"detail": "Not Found"})))
}

async fn health() {}

async fn version() -> Json<Value> {
    Json(json!({"version": VERSION}))
}
