//! vLLM's health, models and load.

use serde::Deserialize;

use super::metrics;
use crate::{Probe, Target, openai, prometheus};

/// LoRAs at work, by its labels; its value is the time of which it tells.
const LORAS: &str = "vllm:lora_requests_info";

#[derive(Deserialize)]
struct Version {
    version: String,
}

pub async fn probe(target: &Target<'_>) -> Probe {
    let (health, models, metrics, version) = tokio::join!(
        target.get("/health"),
        openai::models(target),
        target.text("/metrics"),
        target.json::<Version>("/version"),
    );
    // It answers 503 once its engine process has died; while it loads it does not listen yet.
    if let Err(error) = health {
        return Probe::failed(&error);
    }
    let mut probe = Probe::listing(models);
    probe.version = version.ok().map(|version| version.version);
    if let Ok(text) = metrics {
        // It is declared once LoRAs are enabled, and has values only after the first was asked for.
        probe.lora = Some(prometheus::declared(&text, LORAS));
        let label = |label| prometheus::latest_label(&text, LORAS, label);
        let at_work = [label("running_lora_adapters"), label("waiting_lora_adapters")].into_iter().flatten();
        let names = at_work.flat_map(|names| names.split(',').map(str::to_owned).collect::<Vec<_>>());
        probe.loras_at_work = probe.lora.filter(|enabled| *enabled).map(|_| names.collect());
        probe = probe.with_load("vllm", &text, metrics::load(&text));
    }
    probe
}
