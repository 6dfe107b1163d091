//! vLLM's load, from its Prometheus metrics.

use snapshot::EngineLoad;

/// The load, summed over the engine's parts (one line each with data parallelism); None when a name is missing, so
/// that a renamed metric is noticed and not taken for an idle engine.
pub fn load(text: &[u8]) -> Option<EngineLoad> {
    let text = std::str::from_utf8(text).ok()?;
    let running = values(text, "vllm:num_requests_running").reduce(|sum, value| sum + value)?;
    let waiting = values(text, "vllm:num_requests_waiting").reduce(|sum, value| sum + value)?;
    let kv_use = values(text, "vllm:kv_cache_usage_perc")
        .chain(values(text, "vllm:gpu_cache_usage_perc"))
        .reduce(f64::max)?
        .clamp(0.0, 1.0);
    let whole = |count: f64| count.clamp(0.0, f64::from(u32::MAX)) as u32;
    Some(EngineLoad { running: whole(running), waiting: whole(waiting), kv_use })
}

/// The values of a metric, one a line: `name{labels} value [timestamp]`.
fn values<'a>(text: &'a str, name: &'a str) -> impl Iterator<Item = f64> {
    text.lines().filter_map(move |line| {
        let rest = line.strip_prefix(name)?;
        let values = match rest.as_bytes().first()? {
            b'{' => &rest[after_labels(rest)?..],
            b' ' => rest,
            _ => return None,
        };
        values.split_ascii_whitespace().next()?.parse().ok().filter(|value: &f64| value.is_finite())
    })
}

/// Where the labels end: after the brace that is not inside a quoted value.
fn after_labels(text: &str) -> Option<usize> {
    let mut quoted = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' => escaped = true,
            b'"' => quoted = !quoted,
            b'}' if !quoted => return Some(at + 1),
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_summed_and_the_fullest_cache_counts() {
        let text = r#"# TYPE vllm:num_requests_running gauge
vllm:num_requests_running{engine="0",model_name="a}b\"c"} 3.0
vllm:num_requests_running{engine="1",model_name="a"} 2.0
vllm:num_requests_running_total 99
vllm:num_requests_waiting{engine="0"} 1.0
vllm:num_requests_waiting{engine="1"} 0.0
vllm:kv_cache_usage_perc{engine="0"} 0.25
vllm:kv_cache_usage_perc{engine="1"} 0.5
"#;
        assert_eq!(load(text.as_bytes()), Some(EngineLoad { running: 5, waiting: 1, kv_use: 0.5 }));
    }

    #[test]
    fn the_older_name_of_the_cache_is_known() {
        let text =
            "vllm:num_requests_running 1\nvllm:num_requests_waiting 0\nvllm:gpu_cache_usage_perc 0.1\n";
        assert_eq!(load(text.as_bytes()), Some(EngineLoad { running: 1, waiting: 0, kv_use: 0.1 }));
    }

    #[test]
    fn a_renamed_metric_is_no_idle_engine() {
        assert_eq!(
            load(b"vllm:requests_running 1\nvllm:num_requests_waiting 0\nvllm:kv_cache_usage_perc 0\n"),
            None
        );
        assert_eq!(load(b"vllm:num_requests_running{ 1\n\xff"), None);
    }
}
