//! SGLang's load, from its Prometheus metrics (`--enable-metrics`).

use snapshot::EngineLoad;

use crate::prometheus::{share, sum};

const RUNNING: &[&str] = &["sglang:num_running_reqs"];
const WAITING: &[&str] = &["sglang:num_queue_reqs", "sglang:num_waiting_reqs"];
const KV_USE: &[&str] = &["sglang:token_usage", "sglang:full_token_usage"];

pub fn load(text: &str) -> Option<EngineLoad> {
    Some(EngineLoad {
        running: sum(text, RUNNING)?,
        waiting: sum(text, WAITING)?,
        kv_use: Some(share(text, KV_USE)?),
        ..EngineLoad::default()
    })
}
