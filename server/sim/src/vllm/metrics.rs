//! vLLM's Prometheus metrics, those that routing reads and a few more.

use std::{fmt::Write, sync::Arc};

use axum::{
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;

use crate::state::Sim;

pub async fn show(State(sim): State<Arc<Sim>>) -> Response {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text(&sim)).into_response()
}

fn text(sim: &Sim) -> String {
    let stats = sim.stats.view();
    let (running, waiting) = (sim.gate.running(), sim.gate.waiting());
    // Each answer under way is taken to fill a quarter of its context.
    let kv = running as f64 / (sim.options.slots as f64) * 0.25;
    let mut page = Page { model: sim.base_model(), text: String::new() };
    page.metric(
        "num_requests_running",
        "gauge",
        "Number of requests in model execution batches.",
        running as f64,
    );
    page.metric(
        "num_requests_waiting",
        "gauge",
        "Number of requests waiting to be processed.",
        waiting as f64,
    );
    page.metric("kv_cache_usage_perc", "gauge", "KV-cache usage. 1 means 100 percent usage.", kv);
    let counted = |name, help, value: u64| (name, help, value as f64);
    for (name, help, value) in [
        counted(
            "prefix_cache_queries",
            "Prefix cache queries, in terms of number of queried tokens.",
            stats.cache_queries,
        ),
        counted(
            "prefix_cache_hits",
            "Prefix cache hits, in terms of number of cached tokens.",
            stats.cache_hits,
        ),
        counted("prompt_tokens", "Number of prefill tokens processed.", stats.tokens_in),
        counted("generation_tokens", "Number of generation tokens processed.", stats.tokens_out),
    ] {
        page.metric(&format!("{name}_total"), "counter", help, value);
    }
    let _ = writeln!(
        page.text,
        "# HELP vllm:request_success_total Count of successfully processed requests.\n\
         # TYPE vllm:request_success_total counter\n\
         vllm:request_success_total{{engine=\"0\",finished_reason=\"stop\",model_name=\"{}\"}} {:.1}",
        label(page.model),
        stats.completed as f64,
    );
    let names: Vec<_> = sim.loras.lock().keys().cloned().collect();
    if !names.is_empty() {
        let _ = writeln!(
            page.text,
            "# HELP vllm:lora_requests_info Running stats on lora requests.\n# TYPE vllm:lora_requests_info gauge\n\
             vllm:lora_requests_info{{max_lora=\"8\",running_lora_adapters=\"{}\",waiting_lora_adapters=\"\"}} {}",
            label(&names.join(",")),
            sim.born.as_secs_f64(),
        );
    }
    page.text
}

struct Page<'a> {
    model: &'a str,
    text: String,
}

impl Page<'_> {
    fn metric(&mut self, name: &str, kind: &str, help: &str, value: f64) {
        let family = name.strip_suffix("_total").unwrap_or(name);
        let _ = writeln!(
            self.text,
            "# HELP vllm:{family} {help}\n# TYPE vllm:{family} {kind}\n\
             vllm:{name}{{engine=\"0\",model_name=\"{}\"}} {value:?}",
            label(self.model),
        );
    }
}

/// A label's value, escaped.
fn label(value: &str) -> String {
    value.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n")
}
