//! Health, slots, properties, models and metrics (`llama.cpp/tools/server`).

use std::sync::Arc;

use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{params::params, style::BUILD};
use crate::{
    failure::{Cause, Failure, Wire},
    prometheus::Page,
    state::Sim,
};

/// How its weights are stored.
const FILE_TYPE: &str = "Q4_K - Medium";

pub async fn health() -> Json<Value> {
    Json(json!({"status": "ok"}))
}

pub async fn models(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let capabilities =
        if sim.options.vision { json!(["completion", "multimodal"]) } else { json!(["completion"]) };
    let input = if sim.options.vision { json!(["text", "image"]) } else { json!(["text"]) };
    let tags = |name: &str| {
        json!({
            "name": name, "model": name, "modified_at": "", "size": "", "digest": "", "type": "model",
            "description": "", "tags": [""], "capabilities": capabilities, "parameters": "",
            "details": {"parent_model": "", "format": "gguf", "family": "", "families": [""],
                        "parameter_size": "", "quantization_level": ""},
        })
    };
    let card = |name: &str| {
        json!({
            "id": name, "aliases": [name], "tags": [], "object": "model", "created": sim.born.as_secs(),
            "owned_by": "llamacpp",
            "architecture": {"input_modalities": input, "output_modalities": ["text"]},
            "meta": {"vocab_type": 2, "n_vocab": 128_256, "n_ctx": sim.options.context,
                     "n_ctx_train": sim.options.context, "n_embd": sim.options.dimensions,
                     "n_params": 8_030_261_312_u64, "size": 4_912_898_304_u64, "ftype": FILE_TYPE},
        })
    };
    let names: Vec<_> = sim.served.iter().map(|served| served.name.as_str()).collect();
    Json(json!({
        "models": names.iter().map(|name| tags(name)).collect::<Vec<_>>(),
        "object": "list",
        "data": names.iter().map(|name| card(name)).collect::<Vec<_>>(),
    }))
}

pub async fn props(State(sim): State<Arc<Sim>>) -> Json<Value> {
    let model = sim.base_model();
    Json(json!({
        "default_generation_settings": {"params": params(-1), "n_ctx": sim.options.context},
        "total_slots": sim.options.slots, "model_alias": model, "model_ftype": FILE_TYPE,
        "model_path": format!("/models/{model}.gguf"),
        "modalities": {"vision": sim.options.vision, "video": false, "audio": false},
        "endpoint_slots": true, "endpoint_props": false, "endpoint_metrics": true,
        "chat_template": "{{ messages }}", "chat_template_caps": caps(), "media_marker": "<__media__>",
        "ui": false, "ui_settings": {}, "cors_proxy_enabled": false, "bos_token": "<s>", "eos_token": "</s>", "build_info": BUILD,
        "is_sleeping": false,
    }))
}

#[derive(Deserialize)]
pub struct SlotsQuery {
    #[serde(default)]
    fail_on_no_slot: String,
}

pub async fn slots(State(sim): State<Arc<Sim>>, Query(query): Query<SlotsQuery>) -> Response {
    let busy = sim.gate.running();
    if !query.fail_on_no_slot.is_empty() && busy >= sim.options.slots {
        return Wire::Llamacpp.error(&Failure::new(Cause::Overloaded, "no slot available"));
    }
    let slot = |id: usize| slot(id, sim.options.context, id < busy);
    Json((0..sim.options.slots).map(slot).collect::<Value>()).into_response()
}

fn slot(id: usize, context: u64, busy: bool) -> Value {
    json!({
        "id": id, "n_ctx": context, "speculative": false, "is_processing": busy, "id_task": -1, "params": params(-1),
        "n_prompt_tokens": 0, "n_prompt_tokens_processed": 0, "n_prompt_tokens_cache": 0,
        "next_token": [{"has_next_token": busy, "has_new_line": false, "n_remain": -1, "n_decoded": 0}],
    })
}

/// What its chat template can: everything, like its model.
fn caps() -> Value {
    json!({
        "supports_object_arguments": true, "supports_parallel_tool_calls": true, "supports_preserve_reasoning": false,
        "supports_reasoning_effort": false, "supports_string_content": true, "supports_system_role": true,
        "supports_tool_calls": true, "supports_tools": true, "supports_typed_content": false,
    })
}

pub async fn metrics(State(sim): State<Arc<Sim>>) -> Response {
    let stats = sim.stats.view();
    let (running, waiting) = sim.load();
    let mut page = Page::new("llamacpp:", &[]);
    let counted = "counter";
    page.metric(
        "prompt_tokens_total",
        counted,
        "Number of prompt tokens processed, excluding cached tokens",
        (stats.tokens_in - stats.cache_hits) as f64,
    );
    page.metric(
        "prompt_tokens_cached_total",
        counted,
        "Number of prompt tokens reused from the cache",
        stats.cache_hits as f64,
    );
    page.metric(
        "tokens_predicted_total",
        counted,
        "Number of generation tokens processed",
        stats.tokens_out as f64,
    );
    page.gauge(
        "predicted_tokens_seconds",
        "Average generation throughput in tokens/s",
        sim.options.tokens_per_s,
    );
    page.gauge("requests_processing", "Number of requests processing", running);
    page.gauge("requests_deferred", "Number of requests deferred", waiting);
    page.respond()
}
