//! Tokenizers by the SHA-256 of their text.

use chrono::{DateTime, Utc};
use db::{DbError, GatewayTx, OperatorTx};
use shared::ModelId;

pub async fn content(tx: &mut GatewayTx, sha256: &[u8]) -> Result<Option<Vec<u8>>, DbError> {
    Ok(sqlx::query_scalar("select content from tokenizers where sha256 = $1")
        .bind(sha256)
        .fetch_optional(tx.conn())
        .await?)
}

/// Keeps a tokenizer and gives it to a model. False when there is no such model.
pub async fn give(
    tx: &mut OperatorTx,
    model: ModelId,
    sha256: &[u8],
    content: &[u8],
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    sqlx::query(
        "insert into tokenizers (sha256, content, created_at) values ($1, $2, $3) on conflict do nothing",
    )
    .bind(sha256)
    .bind(content)
    .bind(now)
    .execute(tx.conn())
    .await?;
    set(tx, model, Some(sha256)).await
}

/// Takes a model's tokenizer away. False when there is no such model.
pub async fn take(tx: &mut OperatorTx, model: ModelId) -> Result<bool, DbError> {
    set(tx, model, None).await
}

/// Those that no model names any more go.
async fn set(tx: &mut OperatorTx, model: ModelId, sha256: Option<&[u8]>) -> Result<bool, DbError> {
    let done = sqlx::query("update models set tokenizer = $2 where id = $1")
        .bind(model.uuid())
        .bind(sha256)
        .execute(tx.conn())
        .await?;
    sqlx::query(
        "delete from tokenizers t where not exists (select from models m where m.tokenizer = t.sha256)",
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
