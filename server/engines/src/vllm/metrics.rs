//! vLLM's load, from its Prometheus metrics.

use snapshot::EngineLoad;

use crate::prometheus::{share, sum};

const RUNNING: &[&str] = &["vllm:num_requests_running"];
const WAITING: &[&str] = &["vllm:num_requests_waiting"];
/// The second is the older name.
const KV_USE: &[&str] = &["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"];

/// The load, summed over the engine's parts; None when a name is missing, so that a renamed metric is noticed and not
/// taken for an idle engine.
pub fn load(text: &str) -> Option<EngineLoad> {
    Some(EngineLoad {
        running: sum(text, RUNNING)?,
        waiting: sum(text, WAITING)?,
        kv_use: Some(share(text, KV_USE)?),
        ..EngineLoad::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_older_name_of_the_cache_is_known() {
        let text =
            "vllm:num_requests_running 1\nvllm:num_requests_waiting 0\nvllm:gpu_cache_usage_perc 0.1\n";
        let load = load(text).unwrap();
        assert_eq!((load.running, load.waiting, load.kv_use), (1, 0, Some(0.1)));
    }

    #[test]
    fn a_renamed_metric_is_no_idle_engine() {
        let renamed = "vllm:requests_running 1\nvllm:num_requests_waiting 0\nvllm:kv_cache_usage_perc 0\n";
        assert_eq!(load(renamed), None);
        assert_eq!(load("vllm:num_requests_running{ 1\n"), None);
    }
}
