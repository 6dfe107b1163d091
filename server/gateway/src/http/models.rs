//! `GET /v1/models` and `GET /v1/models/{id}`: what the caller's key may use, in OpenRouter's schema.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use shared_chat::{Architecture, Model, ModelLinks, ModelList, Pricing, TopProvider};
use snapshot::ModelEntry;

use crate::{admit::Caller, arrival::Arrival, gateway::Shared};

/// GET …/v1/models
pub(crate) async fn list(State(gateway): State<Shared>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let arrival = Arrival::of(&gateway, &parts);
    let listed = Caller::identify(&gateway, &arrival, None).map(|caller| {
        let snapshot = gateway.configuration.load();
        let models = snapshot.models_of(caller.tenant());
        let allowed = models.into_iter().filter(|entry| caller.may_use(&entry.model));
        Json(ModelList::of(allowed.map(|entry| shown(entry, arrival.at())).collect()))
    });
    arrival.stamp(listed.into_response())
}

/// GET …/v1/models/{id}
pub(crate) async fn one(
    State(gateway): State<Shared>,
    Path(path): Path<Vec<(String, String)>>,
    request: Request,
) -> Response {
    let (parts, _) = request.into_parts();
    let arrival = Arrival::of(&gateway, &parts);
    let name = path.into_iter().find(|(key, _)| key == "model").map(|(_, name)| name).unwrap_or_default();
    let found = Caller::identify(&gateway, &arrival, None)
        .and_then(|caller| caller.model(&gateway, &name))
        .map(|entry| Json(shown(&entry, arrival.at())));
    arrival.stamp(found.into_response())
}

fn shown(entry: &ModelEntry, now: DateTime<Utc>) -> Model {
    let model = &entry.model;
    let price = entry.price_at(now);
    let rate = |of: fn(&snapshot::Price) -> Decimal| {
        price.map_or_else(|| "0".to_owned(), |price| of(price).normalize().to_string())
    };
    let context_length = u64::from(model.context_length);
    Model {
        id: model.name.clone(),
        object: Model::OBJECT.to_owned(),
        created: model.created_at.timestamp(),
        owned_by: "switchyard".to_owned(),
        canonical_slug: model.name.clone(),
        name: model.display_name.clone(),
        description: model.description.clone(),
        context_length,
        architecture: Architecture::of(model.input_modalities.clone(), model.output_modalities.clone()),
        pricing: Pricing {
            prompt: rate(|price| price.prompt),
            completion: rate(|price| price.completion),
            request: rate(|price| price.request),
            image: "0".to_owned(),
            input_cache_read: price.map(|price| price.cached_prompt.normalize().to_string()),
        },
        top_provider: TopProvider {
            context_length,
            max_completion_tokens: model.max_output_tokens.map(u64::from),
            is_moderated: false,
        },
        per_request_limits: None,
        supported_parameters: model.supported_parameters.clone(),
        default_parameters: None,
        links: ModelLinks { details: format!("/v1/models/{}", model.name) },
    }
}
