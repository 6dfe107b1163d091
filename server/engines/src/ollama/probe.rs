//! What Ollama has installed and loaded. It tells no load.

use serde::Deserialize;
use serde_json::{Map, Value, json};
use snapshot::HealthState;

use crate::{Probe, ServedModel, Target, TaskKind};

#[derive(Deserialize)]
struct Version {
    version: String,
}

#[derive(Deserialize)]
struct Tags {
    /// Null when nothing is installed, in some versions.
    models: Option<Vec<Tag>>,
}

#[derive(Deserialize)]
struct Tag {
    name: String,
    /// Only of a loaded model: the context it was loaded with.
    context_length: Option<u32>,
}

pub async fn probe(target: &Target<'_>) -> Probe {
    let (version, tags, loaded) = tokio::join!(
        target.json::<Version>("/api/version"),
        target.json::<Tags>("/api/tags"),
        target.json::<Tags>("/api/ps"),
    );
    let version = match version {
        Ok(version) => version.version,
        Err(error) => return Probe::failed(&error),
    };
    let tags = match tags {
        Ok(tags) => tags.models.unwrap_or_default(),
        Err(error) => {
            return Probe::not(HealthState::NotReady, format!("its models cannot be listed: {error}"));
        }
    };
    let loaded = loaded.ok().and_then(|tags| tags.models).unwrap_or_default();
    let context = |name: &str| loaded.iter().find(|tag| tag.name == name).and_then(|tag| tag.context_length);
    let served = |tag: Tag| ServedModel {
        max_context: context(&tag.name),
        id: tag.name,
        owned_by: Some("ollama".to_owned()),
        ..ServedModel::default()
    };
    let models = tags.into_iter().map(served).collect();
    // It takes LoRAs only into a model that is built with them.
    Probe { version: Some(version), lora: Some(false), ..Probe::healthy(models) }
}

/// Whether an Ollama answers. Its OpenAI routes would pass for any other engine's.
pub async fn answers(target: &Target<'_>) -> bool {
    let (version, tags) =
        tokio::join!(target.json::<Version>("/api/version"), target.json::<Tags>("/api/tags"));
    version.is_ok() && tags.is_ok()
}

#[derive(Deserialize)]
struct Shown {
    #[serde(default)]
    model_info: Map<String, Value>,
    /// `completion`, `tools`, `vision`, `embedding`, `thinking`, `insert`; from 0.6.4 on.
    capabilities: Option<Vec<String>>,
}

/// A model with what it was made for: its own context, and what it can do.
pub async fn described(target: &Target<'_>, model: ServedModel) -> ServedModel {
    let shown = target.post::<Shown>("/api/show", &json!({"model": model.id})).await;
    let Ok(shown) = shown else { return model };
    let length = shown.model_info.iter().find(|(key, _)| key.ends_with(".context_length"));
    let length = length.and_then(|(_, length)| u32::try_from(length.as_u64()?).ok());
    let can = |name: &str| shown.capabilities.iter().flatten().any(|known| known == name);
    let tasks = shown.capabilities.is_some().then(|| {
        if can("embedding") { vec![TaskKind::Embedding] } else { vec![TaskKind::Chat, TaskKind::Completion] }
    });
    let capabilities = [("tools", "tools"), ("vision", "vision"), ("thinking", "reasoning")];
    let capabilities = capabilities.iter().filter(|(theirs, _)| can(theirs)).map(|(_, ours)| *ours).collect();
    ServedModel { max_context: length.or(model.max_context), tasks, capabilities, ..model }
}
