//! Health, `/info` and metrics (`router/src/lib.rs`, `router/src/server.rs`).

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use serde_json::{Value, json};

use crate::{prometheus::Page, state::Sim};

/// The version that is imitated.
pub const VERSION: &str = "3.3.6";
pub const FINGERPRINT: &str = "3.3.6-native";

pub async fn health() {}

pub async fn info(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let context = sim.options.context;
    Json(json!({
        "model_id": sim.base_model(), "model_sha": null, "model_pipeline_tag": "text-generation",
        "max_concurrent_requests": sim.options.slots + sim.options.queue, "max_best_of": 2, "max_stop_sequences": 4,
        "max_input_tokens": context.saturating_sub(1), "max_total_tokens": context, "validation_workers": 2,
        "max_client_batch_size": 4, "router": "text-generation-router", "version": VERSION, "sha": null,
        "docker_label": null,
    }))
}

pub async fn metrics(State(sim): State<Arc<Sim>>) -> Response {
    let stats = sim.stats.view();
    let (running, waiting) = sim.load();
    let mut page = Page::new("tgi_", &[]);
    page.gauge("queue_size", "Number of requests waiting in the queue", waiting);
    page.gauge("batch_current_size", "Current batch size", running);
    page.gauge(
        "batch_current_max_tokens",
        "Maximum number of tokens the current batch may grow to",
        running * sim.options.context as f64,
    );
    page.gauge(
        "batch_max_total_tokens",
        "Maximum number of tokens of a batch",
        sim.options.context as f64 * sim.options.slots as f64,
    );
    for (name, help, value) in [
        ("request_count", "Total number of requests", stats.requests),
        ("request_success", "Number of successful requests", stats.completed),
        ("request_failure", "Number of failed requests", stats.failed),
    ] {
        page.metric(name, "counter", help, value as f64);
    }
    page.respond()
}
