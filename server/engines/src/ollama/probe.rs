//! What Ollama has installed and loaded. It tells no load.

use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use snapshot::HealthState;

use crate::{Probe, ServedModel, Target};

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
        parent: None,
        owned_by: Some("ollama".to_owned()),
    };
    let models = tags.into_iter().map(served).collect();
    Probe { version: Some(version), ..Probe::healthy(models) }
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
}

/// The context that a model was made for.
pub async fn max_context(target: &Target<'_>, model: &str) -> Option<u32> {
    let body = Bytes::from(json!({"model": model}).to_string());
    let shown = target.ask(Method::POST, "/api/show", body).await.ok()?;
    let shown: Shown = serde_json::from_slice(&shown).ok()?;
    let length = shown.model_info.iter().find(|(key, _)| key.ends_with(".context_length"))?.1;
    u32::try_from(length.as_u64()?).ok()
}
