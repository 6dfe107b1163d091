//! NVIDIA NIM: OpenAI's routes, its own health, metadata and metrics, and the ranking route of its retriever models.

mod ranking;
mod speech;
mod style;

pub use speech::Speech;
pub use style::STYLE;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::{DefaultBodyLimit, State},
    response::Response,
    routing::{get, post},
};
use serde_json::{Value, json};

use crate::{
    openai::{self, BODY_LIMIT, beside},
    prometheus::Page,
    state::Sim,
    vllm::{detokenize, tokenize},
};

/// The version that is imitated.
const VERSION: &str = "1.15.0";

pub fn routes() -> Router<Arc<Sim>> {
    openai::chats()
        .route("/v1/embeddings", post(openai::embed))
        .route("/v1/ranking", post(ranking::rank))
        // It lives before its model is loaded; only readiness tells.
        .route("/v1/health/live", get(live))
        .merge(openai::models())
        .merge(beside(
            Router::new()
                .route("/v1/health/ready", get(ready))
                .route("/v1/metadata", get(metadata))
                .route("/v1/version", get(version))
                .route("/v1/metrics", get(metrics))
                // Those of the vLLM inside.
                .route("/tokenize", post(tokenize))
                .route("/detokenize", post(detokenize)),
        ))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn live() -> Json<Value> {
    Json(json!({"object": "health.response", "message": "Service is live."}))
}

async fn ready() -> Json<Value> {
    Json(json!({"object": "health.response", "message": "Service is ready."}))
}

async fn version() -> Json<Value> {
    Json(json!({"release": VERSION, "api": "1.0.0"}))
}

async fn metadata(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let model = |served: &crate::models::Served| json!({"shortName": format!("{}:simulated", served.name), "modelUrl": format!("ngc://nim/{}", served.name)});
    let models: Vec<_> = sim.served.iter().map(model).collect();
    Json(json!({
        "assetInfo": [], "licenseInfo": {"name": "LICENSE", "type": "file", "size": 0},
        "modelInfo": models, "repository_override": "", "version": VERSION,
    }))
}

/// The names of its documented metrics, which have no prefix.
async fn metrics(State(sim): State<Arc<Sim>>) -> Response {
    let stats = sim.stats.view();
    let (running, waiting) = sim.load();
    let mut page = Page::new("", &[("model_name", sim.base_model())]);
    page.gauge("gpu_cache_usage_perc", "GPU KV-cache usage. 1 means 100 percent usage.", sim.cache_use());
    page.gauge("num_requests_running", "Number of requests currently running on GPU.", running);
    page.gauge("num_requests_waiting", "Number of requests waiting to be processed.", waiting);
    page.gauge(
        "num_request_max",
        "Max number of requests that can be run concurrently.",
        sim.options.slots as f64,
    );
    page.total("prompt_tokens", "Number of prefill tokens processed.", stats.tokens_in as f64);
    page.total("generation_tokens", "Number of generation tokens processed.", stats.tokens_out as f64);
    page.total("request_success", "Number of successful requests.", stats.completed as f64);
    page.total("request_failure", "Number of failed requests.", stats.failed as f64);
    page.respond()
}
