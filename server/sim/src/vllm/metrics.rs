//! vLLM's Prometheus metrics, those that routing reads and a few more.

use std::sync::Arc;

use axum::{extract::State, response::Response};

use crate::{prometheus::Page, state::Sim};

pub async fn show(State(sim): State<Arc<Sim>>) -> Response {
    let stats = sim.stats.view();
    let (running, waiting) = sim.load();
    let model = sim.base_model();
    let mut page = Page::new("vllm:", &[("engine", "0"), ("model_name", model)]);
    page.gauge("num_requests_running", "Number of requests in model execution batches.", running);
    page.gauge("num_requests_waiting", "Number of requests waiting to be processed.", waiting);
    page.gauge("kv_cache_usage_perc", "KV-cache usage. 1 means 100 percent usage.", sim.cache_use());
    for (name, help, value) in [
        (
            "prefix_cache_queries",
            "Prefix cache queries, in terms of number of queried tokens.",
            stats.cache_queries,
        ),
        ("prefix_cache_hits", "Prefix cache hits, in terms of number of cached tokens.", stats.cache_hits),
        ("prompt_tokens", "Number of prefill tokens processed.", stats.tokens_in),
        ("generation_tokens", "Number of generation tokens processed.", stats.tokens_out),
    ] {
        page.total(name, help, value as f64);
    }
    page.labelled(
        "request_success_total",
        "counter",
        "Count of successfully processed requests.",
        &[("engine", "0"), ("finished_reason", "stop"), ("model_name", model)],
        stats.completed as f64,
    );
    let names: Vec<_> = sim.loras.list().into_iter().map(|lora| lora.name).collect();
    let help = "Running stats on lora requests.";
    // Without any it is declared, and has no value.
    if names.is_empty() {
        page.declare("lora_requests_info", "gauge", help);
    } else {
        let labels =
            [("max_lora", "8"), ("running_lora_adapters", &names.join(",")), ("waiting_lora_adapters", "")];
        page.labelled("lora_requests_info", "gauge", help, &labels, sim.born.as_secs_f64());
    }
    page.respond()
}
