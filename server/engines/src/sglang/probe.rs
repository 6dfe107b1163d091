//! SGLang's health, models and load.
//!
//! `/health_generate` generates a token: on a busy engine it fails for want of room, so that it is not asked.

use serde::Deserialize;

use super::metrics;
use crate::{Probe, Target, TaskKind, openai, probe::ProbeError};

#[derive(Deserialize)]
struct Server {
    version: Option<String>,
    enable_lora: Option<bool>,
    max_running_requests: Option<u32>,
}

#[derive(Deserialize)]
struct Model {
    is_generation: Option<bool>,
    has_image_understanding: Option<bool>,
}

pub async fn probe(target: &Target<'_>) -> Probe {
    let (health, models, metrics, server, model) = tokio::join!(
        target.get("/health"),
        openai::models(target),
        target.text("/metrics"),
        target.json::<Server>("/get_server_info"),
        target.json::<Model>("/get_model_info"),
    );
    match health {
        Err(ProbeError::Status(status)) if status.as_u16() == 503 => return Probe::loading(),
        Err(error) => return Probe::failed(&error),
        Ok(_) => {}
    }
    let mut probe = Probe::listing(models);
    if let Ok(text) = metrics {
        probe = probe.with_load("sglang", &text, metrics::load(&text));
    }
    if let Ok(server) = server {
        probe.version = server.version;
        probe.lora = server.enable_lora;
        if let Some(load) = &mut probe.load {
            load.slots = server.max_running_requests;
        }
    }
    if let Ok(model) = model {
        for served in &mut probe.models {
            served.tasks = model.is_generation.map(TaskKind::generates);
            if model.has_image_understanding == Some(true) {
                served.capabilities.push("vision");
            }
        }
    }
    probe
}
