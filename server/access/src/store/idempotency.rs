//! Idempotency records. A claim whose holder died is free again after a few minutes.

use chrono::{DateTime, TimeDelta, Utc};
use db::{DbError, SystemTx};
use web::idempotency::{Claim, Kept};

/// How long an answer is kept.
const KEPT_FOR: TimeDelta = TimeDelta::hours(24);
/// How long a claim without an answer blocks its key.
const CLAIMED_FOR: TimeDelta = TimeDelta::minutes(5);

type Row = (Vec<u8>, Option<i16>, Option<String>, Option<Vec<u8>>);

pub async fn claim(
    tx: &mut SystemTx,
    principal: &str,
    key: &str,
    request_hash: &[u8],
    now: DateTime<Utc>,
) -> Result<Claim, DbError> {
    sqlx::query(
        "delete from idempotency_records where principal = $1 and key = $2 \
         and (created_at < $3 or (status is null and created_at < $4))",
    )
    .bind(principal)
    .bind(key)
    .bind(now - KEPT_FOR)
    .bind(now - CLAIMED_FOR)
    .execute(tx.conn())
    .await?;
    let inserted = sqlx::query(
        "insert into idempotency_records (principal, key, request_hash, created_at) values ($1, $2, $3, $4) on conflict do nothing",
    )
    .bind(principal)
    .bind(key)
    .bind(request_hash)
    .bind(now)
    .execute(tx.conn())
    .await?;
    if inserted.rows_affected() == 1 {
        return Ok(Claim::New);
    }
    let row: Option<Row> = sqlx::query_as(
        "select request_hash, status, content_type, body from idempotency_records where principal = $1 and key = $2",
    )
    .bind(principal)
    .bind(key)
    .fetch_optional(tx.conn())
    .await?;
    Ok(match row {
        Some((hash, ..)) if hash != request_hash => Claim::Mismatch,
        Some((_, Some(status), content_type, body)) => Claim::Answered(Kept {
            status: u16::try_from(status).unwrap_or(200),
            content_type: content_type.unwrap_or_default(),
            body: body.unwrap_or_default(),
        }),
        _ => Claim::Running,
    })
}

pub async fn complete(tx: &mut SystemTx, principal: &str, key: &str, kept: &Kept) -> Result<(), DbError> {
    sqlx::query("update idempotency_records set status = $3, content_type = $4, body = $5 where principal = $1 and key = $2")
        .bind(principal)
        .bind(key)
        .bind(i16::try_from(kept.status).unwrap_or(200))
        .bind(&kept.content_type)
        .bind(&kept.body)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn release(tx: &mut SystemTx, principal: &str, key: &str) -> Result<(), DbError> {
    sqlx::query("delete from idempotency_records where principal = $1 and key = $2")
        .bind(principal)
        .bind(key)
        .execute(tx.conn())
        .await?;
    Ok(())
}
