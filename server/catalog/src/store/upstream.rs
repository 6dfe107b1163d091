//! Tenants' own upstreams.

use chrono::{DateTime, Utc};
use db::{DbError, TenantTx};
use shared::{DeploymentId, ModelId};
use shared_api::engines::{NewUpstream, Upstream};
use sqlx::{FromRow, Row, postgres::PgRow};

use crate::{health, upstream::CheckedUpstream};

struct UpstreamRow(Upstream);

impl FromRow<'_, PgRow> for UpstreamRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let tokens = |column: &str| -> Result<Option<u32>, sqlx::Error> {
            Ok(row.try_get::<Option<i32>, _>(column)?.and_then(|n| n.try_into().ok()))
        };
        Ok(Self(Upstream {
            id: DeploymentId::from_uuid(row.try_get("id")?),
            name: row.try_get("name")?,
            engine: row.try_get("engine")?,
            base_url: row.try_get("base_url")?,
            model: row.try_get("model")?,
            model_id: ModelId::from_uuid(row.try_get("model_id")?),
            upstream_model: row.try_get("upstream_model")?,
            context_length: tokens("context_length")?,
            max_output_tokens: tokens("max_output_tokens")?,
            health: health::UNKNOWN,
            created_by: row.try_get("created_by")?,
            created_at: row.try_get("created_at")?,
        }))
    }
}

/// In the order of their making; one by id where `only` names it. Their health is for others to fill in.
pub async fn list(tx: &mut TenantTx, only: Option<DeploymentId>) -> Result<Vec<Upstream>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<UpstreamRow> = sqlx::query_as(
        "select u.id, u.name, u.engine, u.base_url, m.name as model, u.model_id, u.upstream_model, u.context_length, \
         u.max_output_tokens, u.created_by, u.created_at from tenant_upstreams u join models m on m.id = u.model_id \
         where u.tenant_id = $1 and ($2::uuid is null or u.id = $2) order by u.id",
    )
    .bind(tenant)
    .bind(only.map(DeploymentId::uuid))
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

/// Whether the operator lets the tenant's calls leave the platform.
pub async fn allowed(tx: &mut TenantTx) -> Result<bool, DbError> {
    let tenant = tx.tenant_id().uuid();
    Ok(sqlx::query_scalar("select external_engines from tenants where id = $1")
        .bind(tenant)
        .fetch_one(tx.conn())
        .await?)
}

/// A model that the tenant may use, by its name.
pub async fn granted_model(tx: &mut TenantTx, name: &str) -> Result<Option<ModelId>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found = sqlx::query_scalar(
        "select m.id from models m join model_grants g on g.model_id = m.id and g.tenant_id = $1 \
         where m.name = $2 and m.retired_at is null",
    )
    .bind(tenant)
    .bind(name)
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(ModelId::from_uuid))
}

pub struct UpstreamToMake<'a> {
    pub new: &'a NewUpstream,
    pub checked: &'a CheckedUpstream,
    pub model_id: ModelId,
    pub credential: Vec<u8>,
    pub created_by: &'a str,
}

/// None when the name is taken.
pub async fn insert(
    tx: &mut TenantTx,
    make: &UpstreamToMake<'_>,
    now: DateTime<Utc>,
) -> Result<Option<DeploymentId>, DbError> {
    let (tenant, id) = (tx.tenant_id().uuid(), DeploymentId::generate());
    let UpstreamToMake { new, checked, .. } = make;
    let tokens = |n: Option<u32>| n.and_then(|n| i32::try_from(n).ok());
    let done = sqlx::query(
        "insert into tenant_upstreams (tenant_id, id, name, engine, base_url, model_id, upstream_model, context_length, \
         max_output_tokens, credential, created_by, created_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12) \
         on conflict on constraint tenant_upstreams_name do nothing",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(new.name.trim())
    .bind(checked.engine.as_str())
    .bind(checked.base_url.as_str().trim_end_matches('/'))
    .bind(make.model_id.uuid())
    .bind(new.upstream_model.as_ref().unwrap_or(&new.model))
    .bind(tokens(new.context_length))
    .bind(tokens(new.max_output_tokens))
    .bind(&make.credential)
    .bind(make.created_by)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok((done.rows_affected() == 1).then_some(id))
}

/// False when there is no such upstream.
pub async fn delete(tx: &mut TenantTx, id: DeploymentId) -> Result<bool, DbError> {
    let tenant = tx.tenant_id().uuid();
    let done = sqlx::query("delete from tenant_upstreams where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}
