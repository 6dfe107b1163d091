//! The settings of a generation, as llama.cpp tells them (`task_params::to_json` in `server-task.cpp`).

use serde_json::{Value, json};

use crate::openai;

/// `limit`: tokens of an answer, -1 for no limit.
pub fn params(limit: i64) -> Value {
    let mut params = json!({
        "seed": u32::MAX, "temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.05, "top_n_sigma": -1.0,
        "typical_p": 1.0, "max_tokens": limit, "n_predict": limit, "n_keep": 0, "n_discard": 0, "ignore_eos": false,
        "stream": false, "n_probs": 0, "min_keep": 0, "chat_format": "Content-only", "reasoning_format": "deepseek",
        "reasoning_in_content": false, "generation_prompt": "", "samplers": ["top_k", "top_p", "min_p", "temperature"],
        "speculative.types": "none", "timings_per_token": false, "post_sampling_probs": false,
        "backend_sampling": false, "lora": [],
    });
    openai::extend(&mut params, sampling());
    params
}

/// What is left off unless it is asked for.
fn sampling() -> Value {
    json!({
        "dynatemp_range": 0.0, "dynatemp_exponent": 1.0, "xtc_probability": 0.0, "xtc_threshold": 0.1,
        "repeat_last_n": 64, "repeat_penalty": 1.0, "presence_penalty": 0.0, "frequency_penalty": 0.0,
        "dry_multiplier": 0.0, "dry_base": 1.75, "dry_allowed_length": 2, "dry_penalty_last_n": 64, "mirostat": 0,
        "mirostat_tau": 5.0, "mirostat_eta": 0.1, "adaptive_target": -1.0, "adaptive_decay": 0.9,
    })
}
