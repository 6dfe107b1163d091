//! Single calls.

use chrono::{DateTime, Utc};
use db::{DbError, TenantTx};
use rust_decimal::Decimal;
use shared::{ApiKeyId, ProjectId, UsageEventId};
use shared_api::billing::UsageCall;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct CallRow {
    id: Uuid,
    started_at: DateTime<Utc>,
    project_id: Uuid,
    key_id: Uuid,
    end_user: Option<String>,
    model_asked: String,
    model_served: Option<String>,
    streamed: bool,
    status: String,
    http_status: i16,
    error_code: Option<String>,
    finish_reason: Option<String>,
    prompt_tokens: i64,
    cached_tokens: i64,
    completion_tokens: i64,
    reasoning_tokens: i64,
    first_token_ms: Option<i32>,
    total_ms: i32,
    amount: Decimal,
    currency: Option<String>,
    demo: bool,
}

fn count(n: i64) -> u64 {
    u64::try_from(n).unwrap_or_default()
}

fn call(row: CallRow) -> UsageCall {
    UsageCall {
        id: UsageEventId::from_uuid(row.id),
        started_at: row.started_at,
        project_id: ProjectId::from_uuid(row.project_id),
        key_id: ApiKeyId::from_uuid(row.key_id),
        end_user: row.end_user,
        model_asked: row.model_asked,
        model_served: row.model_served,
        streamed: row.streamed,
        status: row.status,
        http_status: u16::try_from(row.http_status).unwrap_or_default(),
        error_code: row.error_code,
        finish_reason: row.finish_reason,
        prompt_tokens: count(row.prompt_tokens),
        cached_tokens: count(row.cached_tokens),
        completion_tokens: count(row.completion_tokens),
        reasoning_tokens: count(row.reasoning_tokens),
        first_token_ms: row.first_token_ms.and_then(|ms| u32::try_from(ms).ok()),
        total_ms: u32::try_from(row.total_ms).unwrap_or_default(),
        amount: row.amount.normalize(),
        currency: row.currency.and_then(|code| code.parse().ok()),
        demo: row.demo,
    }
}

/// Calls since a moment, newest first, after the call that a cursor names.
pub async fn list(
    tx: &mut TenantTx,
    since: DateTime<Utc>,
    after: Option<UsageEventId>,
    rows: i64,
) -> Result<Vec<UsageCall>, DbError> {
    let found: Vec<CallRow> = sqlx::query_as(
        "select id, started_at, project_id, key_id, end_user, model_asked, model_served, streamed, status, http_status, error_code, \
         finish_reason, prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, first_token_ms, total_ms, amount, currency, demo \
         from usage_events where tenant_id = $1 and started_at >= $2 and ($3::uuid is null or (started_at, id) < \
           (select e.started_at, e.id from usage_events e where e.tenant_id = $1 and e.started_at >= $2 and e.id = $3)) \
         order by started_at desc, id desc limit $4",
    )
    .bind(tx.tenant_id().uuid())
    .bind(since)
    .bind(after.map(UsageEventId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(call).collect())
}
