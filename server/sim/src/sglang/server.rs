//! Health, what SGLang says of itself, and its metrics (`sglang/srt/entrypoints/http_server.py`).

use std::sync::Arc;

use axum::{Json, extract::State, response::Response};
use serde_json::{Value, json};

use crate::{models::ModelKind, prometheus::Page, state::Sim};

/// The version that is imitated.
const VERSION: &str = "0.5.23";

pub async fn health() {}

pub async fn model(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let generates = sim.served.first().is_some_and(|served| served.kind == ModelKind::Chat);
    Json(json!({
        "model_path": sim.base_model(), "served_model_name": sim.base_model(), "tokenizer_path": sim.base_model(),
        "is_generation": generates, "preferred_sampling_params": null, "weight_version": "default",
        "load_format": "auto", "reasoning_parser": sim.options.reasoning.then_some("qwen3"),
        "tool_call_parser": "llama3", "has_image_understanding": sim.options.vision,
        "has_audio_understanding": false, "model_type": "llama", "architectures": ["LlamaForCausalLM"],
    }))
}

pub async fn server(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let stats = sim.stats.view();
    Json(json!({
        "model_path": sim.base_model(), "served_model_name": sim.base_model(), "context_length": sim.options.context,
        "max_running_requests": sim.options.slots, "max_queued_requests": sim.options.queue,
        "enable_lora": true, "enable_metrics": true, "max_total_num_tokens": total_tokens(&sim),
        "max_req_input_len": sim.options.context.saturating_sub(6), "version": VERSION,
        "internal_states": [{"last_gen_throughput": 0.0, "memory_usage": {}, "avg_spec_accept_length": null,
                             "num_generated_tokens": stats.tokens_out}],
    }))
}

fn total_tokens(sim: &Sim) -> u64 {
    sim.options.context * sim.options.slots as u64
}

pub async fn metrics(State(sim): State<Arc<Sim>>) -> Response {
    let stats = sim.stats.view();
    let (running, waiting) = sim.load();
    let labels = [
        ("engine_type", "unified"),
        ("model_name", sim.base_model()),
        ("moe_ep_rank", "0"),
        ("pp_rank", "0"),
        ("tp_rank", "0"),
    ];
    let hits =
        if stats.cache_queries == 0 { 0.0 } else { stats.cache_hits as f64 / stats.cache_queries as f64 };
    let used = sim.cache_use() * total_tokens(&sim) as f64;
    let mut page = Page::new("sglang:", &labels);
    page.gauge("num_running_reqs", "The number of running requests.", running);
    page.gauge("num_queue_reqs", "The number of requests in the waiting queue.", waiting);
    page.gauge("num_used_tokens", "The number of used tokens.", used);
    page.gauge("token_usage", "The token usage.", sim.cache_use());
    page.gauge("cache_hit_rate", "The prefix cache hit rate.", hits);
    page.gauge("gen_throughput", "The generation throughput (token/s).", 0.0);
    for (name, help, value) in [
        ("prompt_tokens_total", "Number of prefill tokens processed.", stats.tokens_in),
        ("generation_tokens_total", "Number of generation tokens processed.", stats.tokens_out),
        ("num_requests_total", "Number of requests processed.", stats.completed),
    ] {
        page.labelled(name, "counter", help, &[("model_name", sim.base_model())], value as f64);
    }
    page.respond()
}
