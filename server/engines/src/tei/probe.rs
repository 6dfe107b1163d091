//! TEI's health, what it says of its one model, and its queue.

use serde::Deserialize;
use serde_json::Value;

use super::metrics;
use crate::{Probe, ServedModel, Target, TaskKind, probe::ProbeError};

#[derive(Deserialize)]
struct About {
    model_id: String,
    /// `{"embedding":{…}}`, `{"reranker":{…}}` or `{"classifier":{…}}`.
    model_type: Option<Value>,
    max_input_length: Option<u32>,
    max_concurrent_requests: Option<u32>,
    version: Option<String>,
}

impl About {
    fn tasks(&self) -> Option<Vec<TaskKind>> {
        let kind = self.model_type.as_ref()?.as_object()?.keys().next()?;
        match kind.to_ascii_lowercase().as_str() {
            "embedding" => Some(vec![TaskKind::Embedding]),
            "reranker" => Some(vec![TaskKind::Rerank]),
            "classifier" => Some(vec![TaskKind::Classify]),
            _ => None,
        }
    }
}

pub async fn probe(target: &Target<'_>) -> Probe {
    let (health, about, metrics) =
        tokio::join!(target.get("/health"), target.json::<About>("/info"), target.text("/metrics"));
    match health {
        Err(ProbeError::Status(status)) if status.as_u16() == 503 => return Probe::loading(),
        Err(error) => return Probe::failed(&error),
        Ok(_) => {}
    }
    let about = match about {
        Ok(about) => about,
        Err(error) => return Probe::listing(Err(error)),
    };
    let model = ServedModel {
        max_context: about.max_input_length,
        tasks: about.tasks(),
        ..ServedModel::named(&about.model_id)
    };
    let mut probe = Probe::healthy(vec![model]);
    probe.version = about.version;
    probe.lora = Some(false);
    if let Ok(text) = metrics {
        probe = probe.with_load("te_", &text, metrics::load(&text));
    }
    if let Some(load) = &mut probe.load {
        load.capacity = about.max_concurrent_requests;
    }
    probe
}
