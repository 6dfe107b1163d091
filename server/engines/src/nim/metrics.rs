//! NIM's load. Releases 1.x give vLLM's names without their prefix, 2.0 with it.

use snapshot::EngineLoad;

use crate::prometheus::{share, sum};

const RUNNING: &[&str] = &["vllm:num_requests_running", "num_requests_running"];
const WAITING: &[&str] = &["vllm:num_requests_waiting", "num_requests_waiting"];
const KV_USE: &[&str] = &["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc", "gpu_cache_usage_perc"];
const SLOTS: &[&str] = &["num_request_max"];

pub fn load(text: &str) -> Option<EngineLoad> {
    Some(EngineLoad {
        running: sum(text, RUNNING)?,
        waiting: sum(text, WAITING)?,
        kv_use: Some(share(text, KV_USE)?),
        slots: sum(text, SLOTS),
        ..EngineLoad::default()
    })
}
