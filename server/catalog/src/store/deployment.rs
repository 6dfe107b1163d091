//! Deployments.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx};
use shared::{DeploymentId, ModelId, PoolId};
use shared_api::catalog::{Deployment, DeploymentState, UpdateDeployment};
use snapshot::EngineKind;
use sqlx::{FromRow, Row, postgres::PgRow};
use url::Url;

use crate::health;

struct DeploymentRow(Deployment);

fn state(text: &str) -> DeploymentState {
    match text {
        "active" => DeploymentState::Active,
        "draining" => DeploymentState::Draining,
        _ => DeploymentState::Disabled,
    }
}

impl FromRow<'_, PgRow> for DeploymentRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self(Deployment {
            id: DeploymentId::from_uuid(row.try_get("id")?),
            name: row.try_get("name")?,
            engine: row.try_get("engine")?,
            engine_version: row.try_get("engine_version")?,
            base_url: row.try_get("base_url")?,
            model: row.try_get("model")?,
            model_id: ModelId::from_uuid(row.try_get("model_id")?),
            upstream_model: row.try_get("upstream_model")?,
            pool: row.try_get("pool")?,
            pool_id: PoolId::from_uuid(row.try_get("pool_id")?),
            region: row.try_get("region")?,
            state: state(row.try_get("state")?),
            weight: row.try_get::<i32, _>("weight")?.try_into().unwrap_or_default(),
            context_length: row.try_get::<Option<i32>, _>("context_length")?.and_then(|n| n.try_into().ok()),
            max_output_tokens: row
                .try_get::<Option<i32>, _>("max_output_tokens")?
                .and_then(|n| n.try_into().ok()),
            quantization: row.try_get("quantization")?,
            external: row.try_get("external")?,
            has_credential: row.try_get("has_credential")?,
            data_classes: row.try_get("data_classes")?,
            kv_tokens: row.try_get::<Option<i32>, _>("kv_tokens")?.and_then(|n| n.try_into().ok()),
            max_loras: row.try_get::<Option<i32>, _>("max_loras")?.and_then(|n| n.try_into().ok()),
            health: health::UNKNOWN,
            created_at: row.try_get("created_at")?,
        }))
    }
}

/// Deployments in the order of their making; one by id where `only` names it. Their health is for others to fill in.
pub async fn list(
    tx: &mut OperatorTx,
    only: Option<DeploymentId>,
    after: Option<DeploymentId>,
    rows: i64,
) -> Result<Vec<Deployment>, DbError> {
    let found: Vec<DeploymentRow> = sqlx::query_as(
        "select d.*, d.credential is not null as has_credential, m.name as model, p.name as pool \
         from deployments d join models m on m.id = d.model_id join pools p on p.id = d.pool_id \
         where d.deleted_at is null and ($1::uuid is null or d.id = $1) and ($2::uuid is null or d.id > $2) order by d.id limit $3",
    )
    .bind(only.map(DeploymentId::uuid))
    .bind(after.map(DeploymentId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

pub async fn get(tx: &mut OperatorTx, id: DeploymentId) -> Result<Option<Deployment>, DbError> {
    Ok(list(tx, Some(id), None, 1).await?.pop())
}

/// The sealed credential of a deployment.
pub async fn credential(tx: &mut OperatorTx, id: DeploymentId) -> Result<Option<Vec<u8>>, DbError> {
    Ok(sqlx::query_scalar("select credential from deployments where id = $1")
        .bind(id.uuid())
        .fetch_one(tx.conn())
        .await?)
}

pub struct NewDeployment<'a> {
    pub name: &'a str,
    pub engine: EngineKind,
    pub engine_version: Option<&'a str>,
    pub base_url: &'a Url,
    pub model_id: ModelId,
    pub upstream_model: &'a str,
    pub pool_id: PoolId,
    pub region: Option<&'a str>,
    pub weight: u32,
    pub context_length: Option<u32>,
    pub max_output_tokens: Option<u32>,
    pub quantization: Option<&'a str>,
    pub external: bool,
    pub credential: Option<Vec<u8>>,
    pub data_classes: Option<&'a [String]>,
    pub kv_tokens: Option<u32>,
    pub max_loras: Option<u32>,
}

/// None when the name is taken.
pub async fn insert(
    tx: &mut OperatorTx,
    new: &NewDeployment<'_>,
    now: DateTime<Utc>,
) -> Result<Option<DeploymentId>, DbError> {
    let id = DeploymentId::generate();
    let done = sqlx::query(
        "insert into deployments (id, name, engine, base_url, model_id, upstream_model, pool_id, region, weight, context_length, credential, \
         created_at, engine_version, max_output_tokens, quantization, external, data_classes, kv_tokens, max_loras) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19) on conflict (name) where deleted_at is null do nothing",
    )
    .bind(id.uuid())
    .bind(new.name)
    .bind(new.engine.as_str())
    .bind(new.base_url.as_str().trim_end_matches('/'))
    .bind(new.model_id.uuid())
    .bind(new.upstream_model)
    .bind(new.pool_id.uuid())
    .bind(new.region)
    .bind(i32::try_from(new.weight).unwrap_or(100))
    .bind(new.context_length.and_then(|n| i32::try_from(n).ok()))
    .bind(&new.credential)
    .bind(now)
    .bind(new.engine_version)
    .bind(new.max_output_tokens.and_then(|n| i32::try_from(n).ok()))
    .bind(new.quantization)
    .bind(new.external)
    .bind(new.data_classes)
    .bind(new.kv_tokens.and_then(|n| i32::try_from(n).ok()))
    .bind(new.max_loras.and_then(|n| i32::try_from(n).ok()))
    .execute(tx.conn())
    .await?;
    Ok((done.rows_affected() == 1).then_some(id))
}

/// False when there is no such deployment.
pub async fn update(
    tx: &mut OperatorTx,
    id: DeploymentId,
    update: &UpdateDeployment,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "update deployments set state = coalesce($2, state), weight = coalesce($3, weight), \
         data_classes = case when $4 then $5 else data_classes end, kv_tokens = case when $6 then $7 else kv_tokens end, \
         max_loras = case when $8 then $9 else max_loras end where id = $1 and deleted_at is null",
    )
    .bind(id.uuid())
    .bind(update.state.map(DeploymentState::as_str))
    .bind(update.weight.and_then(|n| i32::try_from(n).ok()))
    .bind(update.data_classes.is_some())
    .bind(update.data_classes.as_ref().and_then(Option::as_ref))
    .bind(update.kv_tokens.is_some())
    .bind(update.kv_tokens.flatten().and_then(|n| i32::try_from(n).ok()))
    .bind(update.max_loras.is_some())
    .bind(update.max_loras.flatten().and_then(|n| i32::try_from(n).ok()))
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Usage events keep its id, so its row stays. False when there is no such deployment.
pub async fn delete(tx: &mut OperatorTx, id: DeploymentId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let done = sqlx::query(
        "update deployments set deleted_at = $2, state = 'disabled', credential = null where id = $1 and deleted_at is null",
    )
    .bind(id.uuid())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
