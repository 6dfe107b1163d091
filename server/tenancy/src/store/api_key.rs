//! API keys and their secrets' hashes. The playground's keys, which have no secret, are not among those that are shown.

use chrono::{DateTime, Utc};
use db::{OnConstraint, TenantTx};
use shared::{ApiKeyId, ProjectId};
use shared_api::{
    identity::DisplayName,
    tenancy::{ApiKey, ApiKeyChange, ApiKeyStatus, NewApiKey},
};
use uuid::Uuid;

use crate::{
    TenancyError,
    api_key::{Stops, status},
};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    project_id: Uuid,
    name: String,
    created_by: String,
    display_prefix: String,
    last_four: String,
    scopes: Vec<String>,
    allowed_models: Option<Vec<String>>,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    disabled_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

impl Row {
    fn shown(self, now: DateTime<Utc>) -> ApiKey {
        let Self { revoked_at, expires_at, disabled_at, .. } = self;
        ApiKey {
            id: ApiKeyId::from_uuid(self.id),
            project_id: ProjectId::from_uuid(self.project_id),
            name: self.name,
            status: status(Stops { revoked_at, expires_at, disabled_at }, now),
            created_by: self.created_by,
            display_prefix: self.display_prefix,
            last_four: self.last_four,
            scopes: self.scopes,
            allowed_models: self.allowed_models,
            created_at: self.created_at,
            expires_at,
            disabled_at,
            revoked_at,
            last_used_at: self.last_used_at,
        }
    }
}

/// Which keys to list.
pub struct Filter {
    pub project: Option<ProjectId>,
    pub status: Option<ApiKeyStatus>,
    pub after: Option<ApiKeyId>,
    pub rows: i64,
}

/// Newest first.
pub async fn list(
    tx: &mut TenantTx,
    filter: &Filter,
    now: DateTime<Utc>,
) -> Result<Vec<ApiKey>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<Row> = sqlx::query_as(
        "select id, project_id, name, created_by, display_prefix, last_four, scopes, allowed_models, created_at, \
           expires_at, disabled_at, revoked_at, last_used_at from api_keys \
         where tenant_id = $1 and kind = 'secret' and ($2::uuid is null or id < $2) and ($3::uuid is null or project_id = $3) \
           and ($4::text is null or $4 = case when revoked_at is not null then 'revoked' \
             when expires_at <= $5 then 'expired' when disabled_at is not null then 'disabled' else 'active' end) \
         order by id desc limit $6",
    )
    .bind(tenant)
    .bind(filter.after.map(ApiKeyId::uuid))
    .bind(filter.project.map(ProjectId::uuid))
    .bind(filter.status.map(ApiKeyStatus::as_str))
    .bind(now)
    .bind(filter.rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.shown(now)).collect())
}

pub async fn get(
    tx: &mut TenantTx,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<Option<ApiKey>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found: Option<Row> = sqlx::query_as(
        "select id, project_id, name, created_by, display_prefix, last_four, scopes, allowed_models, created_at, \
           expires_at, disabled_at, revoked_at, last_used_at from api_keys \
         where tenant_id = $1 and id = $2 and kind = 'secret'",
    )
    .bind(tenant)
    .bind(id.uuid())
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|row| row.shown(now)))
}

/// The same, with nobody else changing the key until the transaction ends.
pub async fn hold(
    tx: &mut TenantTx,
    id: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<Option<ApiKey>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("select from api_keys where tenant_id = $1 and id = $2 for no key update")
        .bind(tenant)
        .bind(id.uuid())
        .execute(tx.conn())
        .await?;
    get(tx, id, now).await
}

/// What is kept of a secret, and shown of it.
pub struct Secret<'a> {
    pub hash: [u8; 32],
    pub display_prefix: &'a str,
    pub last_four: &'a str,
}

/// Makes the key with its one secret.
pub async fn insert(
    tx: &mut TenantTx,
    new: &NewApiKey,
    created_by: &str,
    secret: &Secret<'_>,
    now: DateTime<Utc>,
) -> Result<ApiKeyId, TenancyError> {
    let (tenant, id) = (tx.tenant_id().uuid(), ApiKeyId::generate());
    sqlx::query(
        "insert into api_keys (tenant_id, id, project_id, name, created_by, scopes, allowed_models, created_at, expires_at, \
           display_prefix, last_four) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(new.project_id.uuid())
    .bind(new.name.as_str())
    .bind(created_by)
    .bind(&new.scopes)
    .bind(&new.allowed_models)
    .bind(now)
    .bind(new.expires_at)
    .bind(secret.display_prefix)
    .bind(secret.last_four)
    .execute(tx.conn())
    .await
    .on_constraint("api_keys_name", || TenancyError::NameTaken("key of this project (perhaps a revoked one)"))?;
    sqlx::query(
        "insert into api_key_secrets (tenant_id, key_id, slot, hash, created_at) values ($1, $2, 0, $3, $4)",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(secret.hash.as_slice())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(id)
}

/// Absent values stay.
pub async fn update(
    tx: &mut TenantTx,
    id: ApiKeyId,
    change: &ApiKeyChange,
    now: DateTime<Utc>,
) -> Result<(), TenancyError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "update api_keys set name = coalesce($3, name), \
         disabled_at = case when $4 then coalesce(disabled_at, $5) when not $4 then null else disabled_at end, \
         allowed_models = case when $6 then $7 else allowed_models end, \
         expires_at = case when $8 then $9 else expires_at end \
         where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(change.name.as_ref().map(DisplayName::as_str))
    .bind(change.disabled)
    .bind(now)
    .bind(change.allowed_models.is_some())
    .bind(change.allowed_models.clone().flatten())
    .bind(change.expires_at.is_some())
    .bind(change.expires_at.flatten())
    .execute(tx.conn())
    .await
    .map(drop)
    .on_constraint("api_keys_name", || TenancyError::NameTaken("key of this project (perhaps a revoked one)"))
}

/// Revokes the key and deletes what its secrets are known by.
pub async fn revoke(tx: &mut TenantTx, id: ApiKeyId, now: DateTime<Utc>) -> Result<(), TenancyError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("update api_keys set revoked_at = coalesce(revoked_at, $3) where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .bind(now)
        .execute(tx.conn())
        .await?;
    sqlx::query("delete from api_key_secrets where tenant_id = $1 and key_id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}
