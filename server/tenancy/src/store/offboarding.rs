//! Ending a tenant: everything that opens anything stops in one transaction. Its rows stay, for invoices and audit.

use chrono::{DateTime, Utc};
use db::OperatorTx;
use shared::{ApiKeyId, TenantId};
use uuid::Uuid;

use crate::TenancyError;

/// False when there is no such tenant, or it is deleted already.
pub async fn mark_deleted(
    tx: &mut OperatorTx,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<bool, TenancyError> {
    let done = sqlx::query(
        "update tenants set status = 'deleted', deleted_at = $2 where id = $1 and status <> 'deleted'",
    )
    .bind(tenant.uuid())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Revokes every key; gives those that were not revoked before.
pub async fn revoke_keys(
    tx: &mut OperatorTx,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<Vec<ApiKeyId>, TenancyError> {
    sqlx::query("delete from api_key_secrets where tenant_id = $1")
        .bind(tenant.uuid())
        .execute(tx.conn())
        .await?;
    let revoked: Vec<Uuid> = sqlx::query_scalar(
        "update api_keys set revoked_at = $2 where tenant_id = $1 and revoked_at is null returning id",
    )
    .bind(tenant.uuid())
    .bind(now)
    .fetch_all(tx.conn())
    .await?;
    Ok(revoked.into_iter().map(ApiKeyId::from_uuid).collect())
}

/// Ends sessions, tokens and open invitations.
pub async fn sign_everybody_out(
    tx: &mut OperatorTx,
    tenant: TenantId,
    now: DateTime<Utc>,
) -> Result<(), TenancyError> {
    sqlx::query("delete from sessions where tenant_id = $1").bind(tenant.uuid()).execute(tx.conn()).await?;
    sqlx::query("update access_tokens set revoked_at = $2 where tenant_id = $1 and revoked_at is null")
        .bind(tenant.uuid())
        .bind(now)
        .execute(tx.conn())
        .await?;
    sqlx::query(
        "update invitations set revoked_at = $2 where tenant_id = $1 and revoked_at is null and accepted_at is null",
    )
    .bind(tenant.uuid())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Destroys the tenant's data key with what it sealed, and what its people shared.
pub async fn destroy_secrets(tx: &mut OperatorTx, tenant: TenantId) -> Result<(), TenancyError> {
    for statement in [
        "delete from tenant_upstreams where tenant_id = $1",
        "delete from tenant_data_keys where tenant_id = $1",
        "delete from playground_shares where tenant_id = $1",
    ] {
        sqlx::query(statement).bind(tenant.uuid()).execute(tx.conn()).await?;
    }
    Ok(())
}
