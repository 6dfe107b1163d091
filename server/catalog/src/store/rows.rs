//! The configuration as a gateway needs it.

use chrono::{DateTime, Utc};
use db::{DbError, GatewayTx};
use rust_decimal::Decimal;
use shared::{ApiKeyId, DeploymentId, ModelId, PoolId, PriceId, ProjectId, TeamId, TenantId};
use snapshot::{
    ApiKey, Deployment, DeploymentState, KeySecret, Model, ModelGrant, Pool, PoolKind, Price, Project, Rows,
    Tenant, TenantStatus,
};
use uuid::Uuid;

pub async fn generation(tx: &mut GatewayTx) -> Result<i64, DbError> {
    Ok(sqlx::query_scalar("select generation from config_generation").fetch_one(tx.conn()).await?)
}

pub async fn load(tx: &mut GatewayTx) -> Result<Rows, DbError> {
    Ok(Rows {
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
        operator_data_key: sqlx::query_scalar("select wrapped from operator_data_key")
            .fetch_optional(tx.conn())
            .await?,
    })
}

async fn tenants(tx: &mut GatewayTx) -> Result<Vec<Tenant>, DbError> {
    let rows: Vec<(Uuid, String, String, String, Option<i32>, bool)> = sqlx::query_as(
        "select id, slug, name, status, max_concurrent_requests, demo from tenants where status <> 'deleted'",
    )
    .fetch_all(tx.conn())
    .await?;
    let tenant =
        |(id, slug, name, status, limit, demo): (Uuid, String, String, String, Option<i32>, bool)| Tenant {
            id: TenantId::from_uuid(id),
            slug,
            name,
            status: if status == "active" { TenantStatus::Active } else { TenantStatus::Suspended },
            max_concurrent_requests: limit.and_then(|n| u32::try_from(n).ok()),
            demo,
        };
    Ok(rows.into_iter().map(tenant).collect())
}

type ProjectRow = (Uuid, Uuid, Option<Uuid>, Option<String>);

async fn projects(tx: &mut GatewayTx) -> Result<Vec<Project>, DbError> {
    let rows: Vec<ProjectRow> =
        sqlx::query_as("select tenant_id, id, team_id, cost_centre from projects where archived_at is null")
            .fetch_all(tx.conn())
            .await?;
    let project = |(tenant, id, team, cost_centre): ProjectRow| Project {
        tenant_id: TenantId::from_uuid(tenant),
        id: ProjectId::from_uuid(id),
        team_id: team.map(TeamId::from_uuid),
        cost_centre,
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

type ModelRow =
    (Uuid, String, String, String, i32, Option<i32>, Vec<String>, Vec<String>, Vec<String>, DateTime<Utc>);

async fn models(tx: &mut GatewayTx) -> Result<Vec<Model>, DbError> {
    let rows: Vec<ModelRow> = sqlx::query_as(
        "select id, name, display_name, description, context_length, max_output_tokens, input_modalities, \
         output_modalities, supported_parameters, created_at from models where retired_at is null",
    )
    .fetch_all(tx.conn())
    .await?;
    let model = |row: ModelRow| {
        let (
            id,
            name,
            display_name,
            description,
            context,
            output,
            input_modalities,
            output_modalities,
            parameters,
            at,
        ) = row;
        Model {
            id: ModelId::from_uuid(id),
            name,
            display_name,
            description,
            context_length: u32::try_from(context).unwrap_or_default(),
            max_output_tokens: output.and_then(|n| u32::try_from(n).ok()),
            input_modalities,
            output_modalities,
            supported_parameters: parameters,
            created_at: at,
        }
    };
    Ok(rows.into_iter().map(model).collect())
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
}

async fn deployments(tx: &mut GatewayTx) -> Result<Vec<Deployment>, DbError> {
    let rows: Vec<DeploymentRow> = sqlx::query_as(
        "select id, name, engine, base_url, model_id, upstream_model, pool_id, region, state, weight, context_length, credential \
         from deployments where deleted_at is null and state <> 'disabled'",
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
        context_length: row.context_length.and_then(|n| u32::try_from(n).ok()),
        credential: row.credential,
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
