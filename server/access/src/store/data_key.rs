//! A tenant's wrapped data key.

use chrono::{DateTime, Utc};
use db::{DbError, TenantTx};

pub async fn load(tx: &mut TenantTx) -> Result<Option<Vec<u8>>, DbError> {
    let tenant = tx.tenant_id().uuid();
    Ok(sqlx::query_scalar("select wrapped from tenant_data_keys where tenant_id = $1")
        .bind(tenant)
        .fetch_optional(tx.conn())
        .await?)
}

pub async fn insert(tx: &mut TenantTx, wrapped: &[u8], now: DateTime<Utc>) -> Result<(), DbError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "insert into tenant_data_keys (tenant_id, wrapped, created_at) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(tenant)
    .bind(wrapped)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
