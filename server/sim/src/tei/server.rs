//! Health, `/info` and metrics.

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use serde_json::{Map, Value, json};

use super::MAX_CLIENT_BATCH;
use crate::{compose::LABELS, models::ModelKind, prometheus::Page, state::Sim};

/// The version that is imitated.
const VERSION: &str = "1.9.0";

pub async fn health() {}

pub async fn info(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let kind = match sim.served.first().map(|served| served.kind) {
        Some(ModelKind::Rerank) => json!({"reranker": labels(&["LABEL_0"])}),
        Some(ModelKind::Classify) => json!({"classifier": labels(&LABELS)}),
        _ => json!({"embedding": {"pooling": "mean"}}),
    };
    Json(json!({
        "model_id": sim.base_model(), "model_sha": null, "model_dtype": "float16",
        "served_model_name": sim.base_model(), "model_type": kind,
        "max_concurrent_requests": sim.options.slots + sim.options.queue, "max_input_length": sim.options.context,
        "max_batch_tokens": 16_384, "max_batch_requests": null, "max_client_batch_size": MAX_CLIENT_BATCH,
        "auto_truncate": false, "tokenization_workers": 2, "version": VERSION, "sha": null, "docker_label": null,
    }))
}

fn labels(names: &[&str]) -> Value {
    let by_id: Map<_, _> =
        names.iter().enumerate().map(|(id, name)| (id.to_string(), Value::from(*name))).collect();
    let by_name: Map<_, _> =
        names.iter().enumerate().map(|(id, name)| ((*name).to_owned(), Value::from(id))).collect();
    json!({"id2label": by_id, "label2id": by_name})
}

pub async fn metrics(State(sim): State<Arc<Sim>>) -> Response {
    let stats = sim.stats.view();
    let (running, waiting) = sim.load();
    let mut page = Page::new("te_", &[]);
    page.gauge("queue_size", "Current number of requests in the queue", waiting);
    page.gauge("batch_next_size", "Size of the batch under way", running);
    for (name, help, value) in [
        ("request_count", "Total number of requests", stats.requests),
        ("request_success", "Number of successful requests", stats.completed),
    ] {
        page.labelled(name, "counter", help, &[("method", "batch")], value as f64);
    }
    page.labelled(
        "request_failure",
        "counter",
        "Number of failed requests",
        &[("err", "validation")],
        stats.failed as f64,
    );
    page.respond()
}
