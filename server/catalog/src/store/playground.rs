//! The playground's keys and shares.

use chrono::{DateTime, Utc};
use db::{DbError, TenantTx};
use serde_json::Value;
use shared::{ApiKeyId, MemberId, PlaygroundShareId, ProjectId};
use shared_api::playground::{PlaygroundShare, PlaygroundShareHead};
use uuid::Uuid;

use crate::playground::KEY_NAME;

/// Whether a project can be called for: None when there is none, false when it is archived.
pub async fn project_works(tx: &mut TenantTx, project: ProjectId) -> Result<Option<bool>, DbError> {
    let tenant = tx.tenant_id().uuid();
    Ok(sqlx::query_scalar("select archived_at is null from projects where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(project.uuid())
        .fetch_optional(tx.conn())
        .await?)
}

async fn known_key(tx: &mut TenantTx, project: ProjectId) -> Result<Option<ApiKeyId>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found = sqlx::query_scalar(
        "select id from api_keys where tenant_id = $1 and project_id = $2 and kind = 'playground'",
    )
    .bind(tenant)
    .bind(project.uuid())
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(ApiKeyId::from_uuid))
}

/// The project's playground key, made if there is none. It has no secret.
pub async fn key(tx: &mut TenantTx, project: ProjectId, now: DateTime<Utc>) -> Result<ApiKeyId, DbError> {
    if let Some(id) = known_key(tx, project).await? {
        return Ok(id);
    }
    let (tenant, id) = (tx.tenant_id().uuid(), ApiKeyId::generate());
    sqlx::query(
        "insert into api_keys (tenant_id, id, project_id, kind, name, created_by, created_at, display_prefix, last_four) \
         values ($1, $2, $3, 'playground', $4, 'platform', $5, '', '') \
         on conflict (tenant_id, project_id) where kind = 'playground' do nothing",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(project.uuid())
    .bind(KEY_NAME)
    .bind(now)
    .execute(tx.conn())
    .await?;
    // Another call may have been first.
    Ok(known_key(tx, project).await?.unwrap_or(id))
}

/// Newest first.
pub async fn shares(
    tx: &mut TenantTx,
    after: Option<PlaygroundShareId>,
    rows: i64,
) -> Result<Vec<PlaygroundShareHead>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<(Uuid, String, String, DateTime<Utc>)> = sqlx::query_as(
        "select id, title, created_by, created_at from playground_shares \
         where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
    )
    .bind(tenant)
    .bind(after.map(PlaygroundShareId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    let head = |(id, title, created_by, created_at)| PlaygroundShareHead {
        id: PlaygroundShareId::from_uuid(id),
        title,
        created_by,
        created_at,
    };
    Ok(found.into_iter().map(head).collect())
}

pub async fn share(tx: &mut TenantTx, id: PlaygroundShareId) -> Result<Option<PlaygroundShare>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found: Option<(String, Value, String, DateTime<Utc>)> = sqlx::query_as(
        "select title, setup, created_by, created_at from playground_shares where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id.uuid())
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(|(title, setup, created_by, created_at)| PlaygroundShare {
        id,
        title,
        setup,
        created_by,
        created_at,
    }))
}

pub async fn insert_share(
    tx: &mut TenantTx,
    share: &PlaygroundShare,
    member: MemberId,
) -> Result<(), DbError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "insert into playground_shares (tenant_id, id, title, setup, member_id, created_by, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant)
    .bind(share.id.uuid())
    .bind(&share.title)
    .bind(&share.setup)
    .bind(member.uuid())
    .bind(&share.created_by)
    .bind(share.created_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Who shared it.
pub async fn sharer(tx: &mut TenantTx, id: PlaygroundShareId) -> Result<Option<MemberId>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found =
        sqlx::query_scalar("select member_id from playground_shares where tenant_id = $1 and id = $2")
            .bind(tenant)
            .bind(id.uuid())
            .fetch_optional(tx.conn())
            .await?;
    Ok(found.map(MemberId::from_uuid))
}

pub async fn delete_share(tx: &mut TenantTx, id: PlaygroundShareId) -> Result<(), DbError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("delete from playground_shares where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}
