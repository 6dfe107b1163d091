//! The configuration as a gateway needs it.

mod routes;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use db::{DbError, GatewayTx};
use rust_decimal::Decimal;
use shared::{ApiKeyId, DeploymentId, ModelId, PoolId, PriceId, ProjectId, TeamId, TenantId, route::TaskFit};
use snapshot::{
    ApiKey, Deployment, DeploymentState, KeySecret, Model, ModelGrant, ModelKind, Pool, PoolKind, Price,
    Project, Rows, Tenant, TenantStatus,
};
use uuid::Uuid;

use crate::tokenizer;

/// Share of a model's calls where nothing else is said.
const DEFAULT_WEIGHT: u32 = 100;

pub async fn generation(tx: &mut GatewayTx) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar("select generation from config_generation").fetch_one(tx.conn()).await?)
}

pub async fn load(tx: &mut GatewayTx) -> Result<Rows, DbError> {
    let (own_pools, own_deployments) = upstreams(tx).await?;
    let mut rows = Rows {
        generation: generation(tx).await?,
        tenants: tenants(tx).await?,
        projects: projects(tx).await?,
        keys: keys(tx).await?,
        secrets: secrets(tx).await?,
        models: models(tx).await?,
        grants: grants(tx).await?,
        pools: pools(tx).await?,
        deployments: deployments(tx).await?,
        prices: prices(tx).await?,
        routes: routes::routes(tx).await?,
        operator_data_key: sqlx::query_scalar("select wrapped from operator_data_key")
            .fetch_optional(tx.conn())
            .await?,
    };
    rows.pools.extend(own_pools);
    rows.deployments.extend(own_deployments);
    Ok(rows)
}

fn unsigned(value: Option<i32>) -> Option<u32> {
    value.and_then(|n| u32::try_from(n).ok())
}

#[derive(sqlx::FromRow)]
struct TenantRow {
    id: Uuid,
    slug: String,
    name: String,
    status: String,
    max_concurrent_requests: Option<i32>,
    demo: bool,
    external_engines: bool,
    data_key: Option<Vec<u8>>,
    residency: Option<Vec<String>>,
}

async fn tenants(tx: &mut GatewayTx) -> Result<Vec<Tenant>, DbError> {
    let rows: Vec<TenantRow> = sqlx::query_as(
        "select t.id, slug, name, status, max_concurrent_requests, demo, external_engines, k.wrapped as data_key, residency \
         from tenants t left join tenant_data_keys k on k.tenant_id = t.id where status <> 'deleted'",
    )
    .fetch_all(tx.conn())
    .await?;
    let tenant = |row: TenantRow| Tenant {
        id: TenantId::from_uuid(row.id),
        slug: row.slug,
        name: row.name,
        status: if row.status == "active" { TenantStatus::Active } else { TenantStatus::Suspended },
        max_concurrent_requests: unsigned(row.max_concurrent_requests),
        demo: row.demo,
        external_engines: row.external_engines,
        data_key: row.data_key,
        residency: row.residency,
    };
    Ok(rows.into_iter().map(tenant).collect())
}

#[derive(sqlx::FromRow)]
struct ProjectRow {
    tenant_id: Uuid,
    id: Uuid,
    team_id: Option<Uuid>,
    cost_centre: Option<String>,
    data_class: Option<String>,
    allows_external: bool,
    needs_clearance: bool,
    store_responses: bool,
    residency: Option<Vec<String>>,
}

async fn projects(tx: &mut GatewayTx) -> Result<Vec<Project>, DbError> {
    let rows: Vec<ProjectRow> = sqlx::query_as(
        "select p.tenant_id, p.id, p.team_id, p.cost_centre, p.data_class, coalesce(c.allows_external, true) as allows_external, \
         coalesce(c.needs_clearance, false) as needs_clearance, p.store_responses, p.residency \
         from projects p left join data_classes c on c.name = p.data_class where p.archived_at is null",
    )
    .fetch_all(tx.conn())
    .await?;
    let project = |row: ProjectRow| Project {
        tenant_id: TenantId::from_uuid(row.tenant_id),
        id: ProjectId::from_uuid(row.id),
        team_id: row.team_id.map(TeamId::from_uuid),
        cost_centre: row.cost_centre,
        data_class: row.data_class,
        data_class_allows_external: row.allows_external,
        data_class_needs_clearance: row.needs_clearance,
        store_responses: row.store_responses,
        residency: row.residency,
    };
    Ok(rows.into_iter().map(project).collect())
}

type KeyRow =
    (Uuid, Uuid, Uuid, Option<DateTime<Utc>>, Option<DateTime<Utc>>, Vec<String>, Option<Vec<String>>);

async fn keys(tx: &mut GatewayTx) -> Result<Vec<ApiKey>, DbError> {
    let rows: Vec<KeyRow> = sqlx::query_as(
        "select tenant_id, id, project_id, disabled_at, expires_at, scopes, allowed_models from api_keys where revoked_at is null",
    )
    .fetch_all(tx.conn())
    .await?;
    let key = |(tenant, id, project, disabled_at, expires_at, scopes, allowed_models): KeyRow| ApiKey {
        tenant_id: TenantId::from_uuid(tenant),
        id: ApiKeyId::from_uuid(id),
        project_id: ProjectId::from_uuid(project),
        disabled: disabled_at.is_some(),
        expires_at,
        scopes,
        allowed_models,
    };
    Ok(rows.into_iter().map(key).collect())
}

type SecretRow = (Uuid, Uuid, Vec<u8>, Option<DateTime<Utc>>);

async fn secrets(tx: &mut GatewayTx) -> Result<Vec<KeySecret>, DbError> {
    let rows: Vec<SecretRow> =
        sqlx::query_as("select tenant_id, key_id, hash, expires_at from api_key_secrets")
            .fetch_all(tx.conn())
            .await?;
    let secret = |(tenant, key, hash, expires_at): SecretRow| {
        let hash = hash.try_into().ok()?;
        Some(KeySecret {
            tenant_id: TenantId::from_uuid(tenant),
            key_id: ApiKeyId::from_uuid(key),
            hash,
            expires_at,
        })
    };
    Ok(rows.into_iter().filter_map(secret).collect())
}

#[derive(sqlx::FromRow)]
struct ModelRow {
    id: Uuid,
    name: String,
    display_name: String,
    description: String,
    kind: String,
    context_length: i32,
    max_output_tokens: Option<i32>,
    input_modalities: Vec<String>,
    output_modalities: Vec<String>,
    supported_parameters: Vec<String>,
    capabilities: Vec<String>,
    tokenizer: Option<Vec<u8>>,
    tasks: serde_json::Value,
    created_at: DateTime<Utc>,
}

async fn models(tx: &mut GatewayTx) -> Result<Vec<Model>, DbError> {
    let rows: Vec<ModelRow> = sqlx::query_as(
        "select id, name, display_name, description, kind, context_length, max_output_tokens, input_modalities, \
         output_modalities, supported_parameters, capabilities, tokenizer, tasks, created_at from models where retired_at is null",
    )
    .fetch_all(tx.conn())
    .await?;
    let model = |row: ModelRow| Model {
        id: ModelId::from_uuid(row.id),
        display_name: row.display_name,
        description: row.description,
        context_length: u32::try_from(row.context_length).unwrap_or_default(),
        max_output_tokens: unsigned(row.max_output_tokens),
        input_modalities: row.input_modalities,
        output_modalities: row.output_modalities,
        supported_parameters: row.supported_parameters,
        created_at: row.created_at,
        kind: ModelKind::ALL.into_iter().find(|kind| kind.as_str() == row.kind).unwrap_or_default(),
        capabilities: row.capabilities,
        tokenizer: row.tokenizer.map(|sha256| tokenizer::reference(&sha256)),
        tasks: tasks(&row.name, row.tasks),
        name: row.name,
    };
    Ok(rows.into_iter().map(model).collect())
}

/// What cannot be read counts as not said.
fn tasks(model: &str, said: serde_json::Value) -> Vec<TaskFit> {
    serde_json::from_value(said).unwrap_or_else(|error| {
        tracing::error!(model, %error, "what a model is good at is not readable");
        Vec::new()
    })
}

async fn grants(tx: &mut GatewayTx) -> Result<Vec<ModelGrant>, DbError> {
    let rows: Vec<(Uuid, Uuid)> =
        sqlx::query_as("select tenant_id, model_id from model_grants").fetch_all(tx.conn()).await?;
    let grant = |(tenant, model)| ModelGrant {
        tenant_id: TenantId::from_uuid(tenant),
        model_id: ModelId::from_uuid(model),
    };
    Ok(rows.into_iter().map(grant).collect())
}

async fn pools(tx: &mut GatewayTx) -> Result<Vec<Pool>, DbError> {
    let rows: Vec<(Uuid, String, Option<Uuid>, Option<String>)> =
        sqlx::query_as("select id, name, dedicated_to, region from pools").fetch_all(tx.conn()).await?;
    let pool = |(id, name, owner, region): (Uuid, String, Option<Uuid>, Option<String>)| Pool {
        id: PoolId::from_uuid(id),
        name,
        kind: owner.map_or(PoolKind::Shared, |tenant| PoolKind::Dedicated(TenantId::from_uuid(tenant))),
        region,
    };
    Ok(rows.into_iter().map(pool).collect())
}

#[derive(sqlx::FromRow)]
struct DeploymentRow {
    id: Uuid,
    name: String,
    engine: String,
    base_url: String,
    model_id: Uuid,
    upstream_model: String,
    pool_id: Uuid,
    region: Option<String>,
    state: String,
    weight: i32,
    context_length: Option<i32>,
    credential: Option<Vec<u8>>,
    external: bool,
    max_output_tokens: Option<i32>,
    quantization: Option<String>,
    data_classes: Option<Vec<String>>,
    kv_tokens: Option<i32>,
    max_loras: Option<i32>,
}

async fn deployments(tx: &mut GatewayTx) -> Result<Vec<Deployment>, DbError> {
    let rows: Vec<DeploymentRow> = sqlx::query_as(
        "select id, name, engine, base_url, model_id, upstream_model, pool_id, region, state, weight, context_length, credential, \
         external, max_output_tokens, quantization, data_classes, kv_tokens, max_loras from deployments where deleted_at is null and state <> 'disabled'",
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().filter_map(deployment).collect())
}

/// None, and a word in the log, for a row that cannot be used.
fn deployment(row: DeploymentRow) -> Option<Deployment> {
    let (Ok(engine), Ok(base_url)) = (row.engine.parse(), row.base_url.parse()) else {
        tracing::error!(deployment = %DeploymentId::from_uuid(row.id), "deployment left out: engine or address unusable");
        return None;
    };
    Some(Deployment {
        id: DeploymentId::from_uuid(row.id),
        name: row.name,
        engine,
        base_url,
        model_id: ModelId::from_uuid(row.model_id),
        upstream_model: row.upstream_model,
        pool_id: PoolId::from_uuid(row.pool_id),
        region: row.region,
        state: if row.state == "draining" { DeploymentState::Draining } else { DeploymentState::Active },
        weight: u32::try_from(row.weight).unwrap_or_default(),
        context_length: unsigned(row.context_length),
        credential: row.credential,
        external: row.external,
        owner_tenant: None,
        max_output_tokens: unsigned(row.max_output_tokens),
        quantization: row.quantization,
        data_classes: row.data_classes,
        kv_tokens: unsigned(row.kv_tokens),
        max_loras: unsigned(row.max_loras),
    })
}

#[derive(sqlx::FromRow)]
struct UpstreamRow {
    tenant_id: Uuid,
    id: Uuid,
    name: String,
    engine: String,
    base_url: String,
    model_id: Uuid,
    upstream_model: String,
    context_length: Option<i32>,
    max_output_tokens: Option<i32>,
    credential: Vec<u8>,
}

/// Tenants' own upstreams as deployments, each in a pool that is its tenant's alone: whatever chooses among deployments
/// finds them dedicated.
async fn upstreams(tx: &mut GatewayTx) -> Result<(Vec<Pool>, Vec<Deployment>), DbError> {
    let rows: Vec<UpstreamRow> = sqlx::query_as(
        "select u.tenant_id, u.id, u.name, u.engine, u.base_url, u.model_id, u.upstream_model, u.context_length, \
         u.max_output_tokens, u.credential from tenant_upstreams u join tenants t on t.id = u.tenant_id \
         where t.external_engines and t.status <> 'deleted'",
    )
    .fetch_all(tx.conn())
    .await?;
    let deployments: Vec<_> = rows.into_iter().filter_map(upstream).collect();
    let owners: BTreeSet<_> = deployments.iter().filter_map(|deployment| deployment.owner_tenant).collect();
    let pool = |owner: TenantId| Pool {
        id: PoolId::from_uuid(owner.uuid()),
        name: "own upstreams".to_owned(),
        kind: PoolKind::Dedicated(owner),
        region: None,
    };
    Ok((owners.into_iter().map(pool).collect(), deployments))
}

fn upstream(row: UpstreamRow) -> Option<Deployment> {
    let id = DeploymentId::from_uuid(row.id);
    let (Ok(engine), Ok(base_url)) = (row.engine.parse(), row.base_url.parse()) else {
        tracing::error!(deployment = %id, "upstream left out: engine or address unusable");
        return None;
    };
    Some(Deployment {
        id,
        name: row.name,
        engine,
        base_url,
        model_id: ModelId::from_uuid(row.model_id),
        upstream_model: row.upstream_model,
        // The pool is the tenant's: see `upstreams`.
        pool_id: PoolId::from_uuid(row.tenant_id),
        region: None,
        state: DeploymentState::Active,
        weight: DEFAULT_WEIGHT,
        context_length: unsigned(row.context_length),
        credential: Some(row.credential),
        external: true,
        owner_tenant: Some(TenantId::from_uuid(row.tenant_id)),
        max_output_tokens: unsigned(row.max_output_tokens),
        quantization: None,
        data_classes: None,
        kv_tokens: None,
        max_loras: None,
    })
}

type PriceRow = (Uuid, Uuid, DateTime<Utc>, String, Decimal, Decimal, Decimal, Decimal);

async fn prices(tx: &mut GatewayTx) -> Result<Vec<Price>, DbError> {
    // Of the past only the price in force; a call that began a minute ago still finds its own.
    let rows: Vec<PriceRow> = sqlx::query_as(
        "select id, model_id, valid_from, currency, prompt, cached_prompt, completion, request from prices p \
         where valid_from >= now() - interval '1 day' or valid_from = (select max(valid_from) from prices q \
         where q.model_id = p.model_id and q.valid_from < now() - interval '1 day')",
    )
    .fetch_all(tx.conn())
    .await?;
    let price = |(id, model, valid_from, currency, prompt, cached_prompt, completion, request): PriceRow| {
        Some(Price {
            id: PriceId::from_uuid(id),
            model_id: ModelId::from_uuid(model),
            valid_from,
            currency: currency.parse().ok()?,
            prompt: prompt.normalize(),
            cached_prompt: cached_prompt.normalize(),
            completion: completion.normalize(),
            request: request.normalize(),
        })
    };
    Ok(rows.into_iter().filter_map(price).collect())
}
