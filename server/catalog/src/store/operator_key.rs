//! The operator's wrapped data key.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx};

pub async fn load(tx: &mut OperatorTx) -> Result<Option<Vec<u8>>, DbError> {
    Ok(sqlx::query_scalar("select wrapped from operator_data_key").fetch_optional(tx.conn()).await?)
}

pub async fn insert(tx: &mut OperatorTx, wrapped: &[u8], now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query("insert into operator_data_key (wrapped, created_at) values ($1, $2) on conflict do nothing")
        .bind(wrapped)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}
