//! `GET /v1/models` and `GET /v1/models/{id}`: what the caller's key may use, in OpenRouter's schema.

use axum::{
    Json,
    extract::{Path, Request, State},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use shared_chat::{Architecture, Model, ModelLinks, ModelList, Pricing, TopProvider};
use snapshot::{Deployment, ModelEntry, Price, Snapshot};

use crate::{admit::Caller, arrival::Arrival, billed, error::CallError, gateway::Shared};

/// GET …/v1/models
pub(crate) async fn list(State(gateway): State<Shared>, request: Request) -> Response {
    let (parts, _) = request.into_parts();
    let arrival = Arrival::of(&gateway, &parts);
    let listed = Caller::identify(&gateway, &arrival, None).map(|caller| {
        let snapshot = gateway.configuration.load();
        let models = snapshot.models_of(caller.tenant()).into_iter();
        let allowed = models.filter(|entry| caller.may_use(&entry.model));
        let shown = allowed.filter_map(|entry| shown(&snapshot, &caller, entry, arrival.at()));
        Json(ModelList::of(shown.collect()))
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
    let found = Caller::identify(&gateway, &arrival, None).and_then(|caller| {
        let entry = caller.model(&gateway, &name)?;
        let shown = shown(&gateway.configuration.load(), &caller, &entry, arrival.at());
        shown.map(Json).ok_or_else(|| CallError::model_not_found(&name))
    });
    arrival.stamp(found.into_response())
}

/// A model as a caller may see it; None where every deployment of it is kept from the caller.
fn shown(snapshot: &Snapshot, caller: &Caller, entry: &ModelEntry, now: DateTime<Utc>) -> Option<Model> {
    let usable: Vec<_> = entry.deployments.iter().filter(|one| is_open_to(snapshot, caller, one)).collect();
    if usable.is_empty() && !entry.deployments.is_empty() {
        return None;
    }
    let model = &entry.model;
    let least = |own: Option<u32>, limit: Option<u32>| [own, limit].into_iter().flatten().min();
    let contexts = usable.iter().filter_map(|one| least(Some(model.context_length), one.context_length));
    let written = usable.iter().map(|one| least(model.max_output_tokens, one.max_output_tokens));
    Some(Model {
        id: model.name.clone(),
        object: Model::OBJECT.to_owned(),
        created: model.created_at.timestamp(),
        owned_by: "switchyard".to_owned(),
        canonical_slug: model.name.clone(),
        name: model.display_name.clone(),
        description: model.description.clone(),
        context_length: u64::from(model.context_length),
        architecture: Architecture::of(model.input_modalities.clone(), model.output_modalities.clone()),
        pricing: pricing(entry.price_at(now).map(AsRef::as_ref)),
        top_provider: TopProvider {
            context_length: u64::from(contexts.max().unwrap_or(model.context_length)),
            // None: a deployment without a limit of its own, or no deployment.
            max_completion_tokens: written
                .reduce(|a, b| a.zip(b).map(|(a, b)| a.max(b)))
                .unwrap_or(model.max_output_tokens)
                .map(u64::from),
            is_moderated: false,
        },
        per_request_limits: None,
        supported_parameters: parameters(model),
        default_parameters: None,
        links: ModelLinks { details: format!("/v1/models/{}", model.name) },
        external: !usable.is_empty() && usable.iter().all(|one| one.external),
    })
}

fn is_open_to(snapshot: &Snapshot, caller: &Caller, deployment: &Deployment) -> bool {
    let (tenant, project) = (&caller.tenant().tenant, &caller.entry().project);
    snapshot.pool_serves(deployment.pool_id, tenant.id)
        && deployment.owner_tenant.is_none_or(|owner| owner == tenant.id)
        && (!deployment.external || (tenant.external_engines && project.data_class_allows_external))
}

fn pricing(price: Option<&Price>) -> Pricing {
    let rate =
        |of: fn(&Price) -> Decimal| price.map_or_else(|| "0".to_owned(), |price| billed::digits(of(price)));
    Pricing {
        prompt: rate(|price| price.prompt),
        completion: rate(|price| price.completion),
        request: rate(|price| price.request),
        image: "0".to_owned(),
        input_cache_read: price.map(|price| billed::digits(price.cached_prompt)),
    }
}

/// What a model lists, and what its capabilities come down to.
fn parameters(model: &snapshot::Model) -> Vec<String> {
    let mut names = model.supported_parameters.clone();
    for (capability, fields) in CAPABILITIES {
        for field in *fields {
            if model.can(capability) && !names.iter().any(|name| name == field) {
                names.push((*field).to_owned());
            }
        }
    }
    names
}

/// OpenRouter's names of the parameters that a capability is asked for by.
const CAPABILITIES: &[(&str, &[&str])] = &[
    ("tools", &["tools", "tool_choice"]),
    ("parallel_tools", &["parallel_tool_calls"]),
    ("json_schema", &["response_format", "structured_outputs"]),
    ("logprobs", &["logprobs", "top_logprobs"]),
    ("reasoning", &["reasoning", "include_reasoning"]),
];
