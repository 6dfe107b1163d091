use access::{OperatorPermit, Refusal, grants::CreateDeployment as MayCreateDeployment};
use axum::extract::State;
use chrono::{DateTime, Utc};
use db::OperatorTx;
use http::StatusCode;
use shared::{ErrorCode, ModelId, PoolId};
use shared_api::catalog::{CreateDeployment, CreateModel, CreatePool, Deployment};
use web::{Json, Problem};

use crate::{
    CatalogState, data_class,
    deployment::{self, Checked, Served},
    model, operator_key,
    probe::{ProbedEngine, ProbedModel},
    store,
    store::deployment::NewDeployment,
};

/// The pool of deployments that name none.
const DEFAULT_POOL: &str = "default";

/// Registers a served copy of a model. The engine is asked what it serves, and where none is named what it is; an unknown
/// model is created from its answer.
#[utoipa::path(
    post, path = "/api/v1/deployments", tag = "deployments", operation_id = "create_deployment", request_body = CreateDeployment,
    responses((status = 201, body = Deployment), (status = 400, description = "A field is wrong, or the engine does not answer"),
        (status = 409, description = "The name is taken"))
)]
pub async fn create(
    State(state): State<CatalogState>,
    permit: OperatorPermit<MayCreateDeployment>,
    Json(new): Json<CreateDeployment>,
) -> Result<(StatusCode, Json<Deployment>), Refusal> {
    let checked = deployment::check_new(&new, state.rules(new.external))?;
    let engine = asked(&state, &new, &checked).await?;
    deployment::check_external(new.external, engine.engine)?;
    let served = deployment::served(new.upstream_model.as_deref(), &new.model, &engine)?;
    let described = state
        .asks(new.external)
        .describe(engine.engine, &checked.base_url, new.credential.as_deref(), &served.upstream_model)
        .await;
    let found = Found { engine: &engine, model: described.as_ref().or(served.listed), served: &served };
    let mut tx = permit.begin().await?;
    let made = register(&state, &mut tx, &new, &checked, &found, permit.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(made)))
}

/// What the engine says of itself.
async fn asked(
    state: &CatalogState,
    new: &CreateDeployment,
    checked: &Checked,
) -> Result<ProbedEngine, Problem> {
    let (probe, credential) = (state.asks(new.external), new.credential.as_deref());
    match checked.engine {
        Some(engine) => probe.probe(engine, &checked.base_url, credential).await.map_err(|refusal| {
            Problem::field("base_url", format!("the engine does not answer as {engine}: {refusal}"))
        }),
        None => probe.detect(&checked.base_url, credential).await.map_err(|refusal| {
            Problem::field("base_url", format!("no engine was found there: {refusal}; name it in `engine`"))
        }),
    }
}

/// What asking found out.
struct Found<'a> {
    engine: &'a ProbedEngine,
    model: Option<&'a ProbedModel>,
    served: &'a Served<'a>,
}

async fn register(
    state: &CatalogState,
    tx: &mut OperatorTx,
    new: &CreateDeployment,
    checked: &Checked,
    found: &Found<'_>,
    now: DateTime<Utc>,
) -> Result<Deployment, Refusal> {
    data_class::check_cleared(tx, new.data_classes.as_deref()).await?;
    let credential = match &new.credential {
        Some(text) => Some(operator_key::seal(tx, &state.key_encryption_key, text, now).await?),
        None => None,
    };
    let told = found.model;
    let row = NewDeployment {
        name: new.name.trim(),
        engine: found.engine.engine,
        engine_version: found.engine.version.as_deref(),
        base_url: &checked.base_url,
        model_id: model_of(state, tx, &new.model, found, now).await?,
        upstream_model: &found.served.upstream_model,
        pool_id: pool(tx, new.pool.as_deref(), now).await?,
        region: new.region.as_deref(),
        weight: checked.weight,
        context_length: new.context_length.or_else(|| told.and_then(|model| model.context_length)),
        max_output_tokens: new.max_output_tokens.or_else(|| told.and_then(|model| model.max_output_tokens)),
        quantization: new
            .quantization
            .as_deref()
            .or_else(|| told.and_then(|model| model.quantization.as_deref())),
        external: new.external,
        credential,
        data_classes: new.data_classes.as_deref(),
        kv_tokens: new.kv_tokens,
        max_loras: new.max_loras,
    };
    let taken = || {
        Problem::new(
            ErrorCode::Conflict,
            format!("There is a deployment `{}` already. Choose another name.", new.name),
        )
    };
    let id = store::deployment::insert(tx, &row, now).await?.ok_or_else(taken)?;
    Ok(store::deployment::get(tx, id).await?.ok_or_else(|| Problem::not_found("deployment"))?)
}

/// The model by its name, created if it is unknown.
async fn model_of(
    state: &CatalogState,
    tx: &mut OperatorTx,
    name: &str,
    found: &Found<'_>,
    now: DateTime<Utc>,
) -> Result<ModelId, Refusal> {
    if let Some(id) = store::model::id_by_name(tx, name).await? {
        return Ok(id);
    }
    let engine = found.engine;
    let capabilities = model::found_capabilities(engine.engine, found.model, engine.lora.unwrap_or_default());
    let new = CreateModel {
        name: name.to_owned(),
        kind: model::found_kind(engine.engine, found.model),
        context_length: deployment::context_of_new_model(found.model),
        capabilities: Some(capabilities),
        ..CreateModel::default()
    };
    let id = match store::model::insert(tx, &new, now).await? {
        Some(id) => id,
        None => store::model::id_by_name(tx, name).await?.ok_or_else(|| {
            Problem::field("model", format!("`{name}` is the name of a route: name a model"))
        })?,
    };
    if state.grant_new_models_to_all {
        store::grant::to_all(tx, id, now).await?;
    }
    Ok(id)
}

async fn pool(tx: &mut OperatorTx, name: Option<&str>, now: DateTime<Utc>) -> Result<PoolId, Refusal> {
    let wanted = name.unwrap_or(DEFAULT_POOL);
    if let Some(id) = store::pool::id_by_name(tx, wanted).await? {
        return Ok(id);
    }
    if name.is_some() {
        return Err(Problem::field("pool", format!("there is no pool `{wanted}`: make it first")).into());
    }
    let default = CreatePool { name: DEFAULT_POOL.to_owned(), dedicated_to: None, region: None };
    match store::pool::insert(tx, &default, now).await? {
        Some(id) => Ok(id),
        None => Ok(store::pool::id_by_name(tx, wanted).await?.ok_or_else(|| Problem::not_found("pool"))?),
    }
}
