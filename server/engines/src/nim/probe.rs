//! NIM's readiness, models and load. `/v1/health/live` is 200 before the model is loaded, so that it is not asked.

use serde::Deserialize;
use serde_json::Value;

use super::metrics;
use crate::{Probe, Target, openai, probe::ProbeError};

#[derive(Deserialize)]
struct Metadata {
    version: Option<String>,
}

pub async fn probe(target: &Target<'_>) -> Probe {
    let (ready, models, metrics, metadata) = tokio::join!(
        target.get("/v1/health/ready"),
        openai::models(target),
        target.text("/v1/metrics"),
        target.json::<Metadata>("/v1/metadata"),
    );
    match ready {
        Err(ProbeError::Status(status)) if status.as_u16() == 503 => return Probe::loading(),
        Err(error) => return Probe::failed(&error),
        Ok(_) => {}
    }
    let mut probe = Probe::listing(models);
    probe.version = metadata.ok().and_then(|metadata| metadata.version);
    if let Ok(text) = metrics {
        probe = probe.with_load("vllm", &text, metrics::load(&text));
    }
    // LoRAs are listed beside the model that they stand on.
    probe.lora = probe.models.iter().any(|model| model.parent.is_some()).then_some(true);
    probe
}

/// `/v1/metadata` is NIM's alone.
pub async fn answers(target: &Target<'_>) -> bool {
    let metadata = target.json::<Value>("/v1/metadata").await;
    metadata.is_ok_and(|metadata| metadata.get("modelInfo").is_some())
}
