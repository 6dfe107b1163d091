//! What models an upstream offers. It tells no load, and nothing of its health but by answering.

use bytes::Bytes;
use http::Method;
use serde::Deserialize;

use super::HEADERS;
use crate::{Credential, Probe, ServedModel, Target, TaskKind, probe::ProbeError};

#[derive(Deserialize)]
struct List {
    data: Vec<Card>,
}

#[derive(Deserialize)]
struct Card {
    /// Always `model`.
    #[serde(rename = "type")]
    kind: String,
    id: String,
    /// Both since 2026.
    max_input_tokens: Option<u32>,
    max_tokens: Option<u32>,
}

async fn models(target: &Target<'_>) -> Result<Vec<ServedModel>, ProbeError> {
    let path = "/v1/models?limit=1000";
    let body = target.ask(Method::GET, path, Bytes::new(), Credential::ApiKey, HEADERS).await?;
    let list: List = serde_json::from_slice(&body).map_err(|_| ProbeError::Shape)?;
    let cards = list.data.into_iter().filter(|card| card.kind == "model");
    let served = |card: Card| ServedModel {
        max_context: card.max_input_tokens,
        max_output: card.max_tokens,
        owned_by: Some("anthropic".to_owned()),
        tasks: Some(vec![TaskKind::Chat]),
        capabilities: vec!["tools", "vision"],
        ..ServedModel::named(card.id)
    };
    Ok(cards.map(served).collect())
}

pub async fn probe(target: &Target<'_>) -> Probe {
    match models(target).await {
        Ok(models) => Probe { lora: Some(false), ..Probe::healthy(models) },
        Err(error) => Probe::failed(&error),
    }
}

/// Its list of models names the type of each; OpenAI's has `object` for that.
pub async fn answers(target: &Target<'_>) -> bool {
    models(target).await.is_ok()
}
