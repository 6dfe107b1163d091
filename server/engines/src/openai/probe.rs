//! Whether a server that speaks OpenAI's API can serve, and what.

use http::StatusCode;
use serde::Deserialize;
use snapshot::HealthState;

use crate::{Probe, ServedModel, Target, probe::ProbeError};

/// OpenAI has no health route: the list of models tells.
pub async fn probe(target: &Target<'_>) -> Probe {
    match models(target).await {
        Ok(models) => Probe::healthy(models),
        Err(ProbeError::Status(StatusCode::SERVICE_UNAVAILABLE)) => {
            Probe::not(HealthState::NotReady, "it is loading its model or refuses work")
        }
        Err(error) => Probe::failed(&error),
    }
}

#[derive(Deserialize)]
struct List {
    data: Vec<Card>,
}

/// OpenAI's fields, and those of vLLM, SGLang (`max_model_len`), llama.cpp (`meta`) and OpenRouter (`context_length`).
#[derive(Deserialize)]
struct Card {
    id: String,
    parent: Option<String>,
    owned_by: Option<String>,
    max_model_len: Option<u32>,
    context_length: Option<u32>,
    #[serde(default)]
    meta: Option<Meta>,
}

#[derive(Deserialize)]
struct Meta {
    n_ctx: Option<u32>,
    n_ctx_train: Option<u32>,
}

/// `GET /v1/models`.
pub async fn models(target: &Target<'_>) -> Result<Vec<ServedModel>, ProbeError> {
    let list: List = target.json("/v1/models").await?;
    let mut models: Vec<_> = list.data.into_iter().map(served).collect();
    // vLLM tells a LoRA's context on its base model only.
    let bases = models.clone();
    for model in &mut models {
        let base = || bases.iter().find(|base| Some(&base.id) == model.parent.as_ref());
        model.max_context = model.max_context.or_else(|| base()?.max_context);
    }
    Ok(models)
}

fn served(card: Card) -> ServedModel {
    let meta = card.meta.and_then(|meta| meta.n_ctx.or(meta.n_ctx_train));
    ServedModel {
        max_context: card.max_model_len.or(card.context_length).or(meta),
        id: card.id,
        parent: card.parent,
        owned_by: card.owned_by,
        ..ServedModel::default()
    }
}
