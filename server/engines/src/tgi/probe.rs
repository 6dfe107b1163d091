//! TGI's health, what it says of its one model, and its load.

use serde::Deserialize;

use super::metrics;
use crate::{Probe, ServedModel, Target, TaskKind, openai, probe::ProbeError};

#[derive(Deserialize)]
struct About {
    model_id: String,
    /// Of prompt and answer.
    max_total_tokens: Option<u32>,
    max_concurrent_requests: Option<u32>,
    version: Option<String>,
}

pub async fn probe(target: &Target<'_>) -> Probe {
    let (health, about, listed, metrics) = tokio::join!(
        target.get("/health"),
        target.json::<About>("/info"),
        openai::models(target),
        target.text("/metrics"),
    );
    match health {
        Err(ProbeError::Status(status)) if status.as_u16() == 503 => return Probe::loading(),
        Err(error) => return Probe::failed(&error),
        Ok(_) => {}
    }
    let about = match about {
        Ok(about) => about,
        Err(error) => return Probe::listing(Err(error)),
    };
    let own = ServedModel { owned_by: Some("tgi".to_owned()), ..ServedModel::named(&about.model_id) };
    // Releases before 2.1 list nothing.
    let mut models = listed.ok().filter(|models| !models.is_empty()).unwrap_or_else(|| vec![own]);
    for model in &mut models {
        model.max_context = about.max_total_tokens;
        model.tasks = Some(TaskKind::generates(true));
    }
    let mut probe = Probe::healthy(models);
    probe.version = about.version;
    // LoRAs are named when it is started.
    probe.lora = Some(false);
    if let Ok(text) = metrics {
        probe = probe.with_load("tgi_", &text, metrics::load(&text));
    }
    if let Some(load) = &mut probe.load {
        load.capacity = about.max_concurrent_requests;
    }
    probe
}
