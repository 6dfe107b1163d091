//! Tokenizers by the SHA-256 of their text.

use db::{DbError, GatewayTx};

pub async fn content(tx: &mut GatewayTx, sha256: &[u8]) -> Result<Option<Vec<u8>>, DbError> {
    Ok(sqlx::query_scalar("select content from tokenizers where sha256 = $1")
        .bind(sha256)
        .fetch_optional(tx.conn())
        .await?)
}
