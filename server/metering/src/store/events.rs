//! `usage_events`.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use sqlx::{PgConnection, Row};
use uuid::Uuid;

use super::text;
use crate::{event::UsageEvent, rollup::stored_amount};

/// Above any call's: a batch of such counts still fits the sums.
const MOST_TOKENS: u64 = 1_000_000_000_000;
const LARGEST_AMOUNT: Decimal = Decimal::from_parts(1_000_000_000, 0, 0, false, 0);

const INSERT: &str = "
insert into usage_events (
  tenant_id, id, started_at, team_id, project_id, cost_centre, key_id, end_user, model_asked, model_id,
  model_served, deployment_id, pool_id, region, engine, operation, streamed, status, http_status, error_code,
  finish_reason, prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, tokens_estimated, queue_ms,
  first_token_ms, total_ms, tries, fallbacks, price_id, currency, amount, trace_id, demo, route_id, route_version, arm)
select * from unnest(
  $1::uuid[], $2::uuid[], $3::timestamptz[], $4::uuid[], $5::uuid[], $6::text[], $7::uuid[], $8::text[], $9::text[],
  $10::uuid[], $11::text[], $12::uuid[], $13::uuid[], $14::text[], $15::text[], $16::text[], $17::boolean[],
  $18::text[], $19::smallint[], $20::text[], $21::text[], $22::bigint[], $23::bigint[], $24::bigint[],
  $25::bigint[], $26::boolean[], $27::integer[], $28::integer[], $29::integer[], $30::smallint[], $31::smallint[],
  $32::uuid[], $33::text[], $34::numeric[], $35::text[], $36::boolean[], $37::uuid[], $38::integer[], $39::text[])
on conflict do nothing
returning tenant_id, id";

/// Why an event is not stored: numbers that no call has and that would spoil the sums of its hour.
pub(crate) fn implausible(event: &UsageEvent) -> Option<&'static str> {
    let tokens = event.tokens;
    if [tokens.prompt, tokens.cached, tokens.completion, tokens.reasoning]
        .iter()
        .any(|count| *count > MOST_TOKENS)
    {
        return Some("a token count above 1,000,000,000,000");
    }
    if event.amount.is_sign_negative() && !event.amount.is_zero() {
        return Some("a negative amount");
    }
    (event.amount > LARGEST_AMOUNT).then_some("an amount above 1,000,000,000")
}

/// Inserts events that are no shadows; gives those that were not there yet, each once.
pub(crate) async fn insert<'a>(
    conn: &mut PgConnection,
    events: &'a [UsageEvent],
) -> Result<Vec<&'a UsageEvent>, sqlx::Error> {
    let mut seen = HashSet::with_capacity(events.len());
    let real = events.iter().filter(|event| !event.shadow);
    let once: Vec<_> = real.filter(|event| seen.insert((event.tenant_id, event.id))).collect();
    let rows = bound(&once).fetch_all(conn).await?;
    let mut by_key: HashMap<(Uuid, Uuid), &UsageEvent> =
        once.into_iter().map(|event| ((event.tenant_id.uuid(), event.id.uuid()), event)).collect();
    let mut new = Vec::with_capacity(rows.len());
    for row in rows {
        new.extend(by_key.remove(&(row.try_get(0)?, row.try_get(1)?)));
    }
    Ok(new)
}

type Statement<'q> = sqlx::query::Query<'q, sqlx::Postgres, sqlx::postgres::PgArguments>;

/// The statement with one array a column.
fn bound<'a>(events: &[&'a UsageEvent]) -> Statement<'a> {
    fn column<'a, T>(events: &[&'a UsageEvent], value: impl Fn(&'a UsageEvent) -> T) -> Vec<T> {
        events.iter().map(|event| value(event)).collect()
    }
    let whole = |number: u32| i32::try_from(number).unwrap_or(i32::MAX);
    let small = |number: u16| i16::try_from(number).unwrap_or(i16::MAX);
    sqlx::query(INSERT)
        .bind(column(events, |event| event.tenant_id.uuid()))
        .bind(column(events, |event| event.id.uuid()))
        .bind(column(events, |event| -> DateTime<Utc> { event.started_at }))
        .bind(column(events, |event| event.team_id.map(|id| id.uuid())))
        .bind(column(events, |event| event.project_id.uuid()))
        .bind(column(events, |event| event.cost_centre.as_deref().map(text)))
        .bind(column(events, |event| event.key_id.uuid()))
        .bind(column(events, |event| event.end_user.as_deref().map(text)))
        .bind(column(events, |event| text(&event.model_asked)))
        .bind(column(events, |event| event.model_id.map(|id| id.uuid())))
        .bind(column(events, |event| event.serving.as_ref().map(|serving| text(&serving.model))))
        .bind(column(events, |event| event.serving.as_ref().map(|serving| serving.deployment_id.uuid())))
        .bind(column(events, |event| event.serving.as_ref().map(|serving| serving.pool_id.uuid())))
        .bind(column(events, |event| event.serving.as_ref()?.region.as_deref().map(text)))
        .bind(column(events, |event| event.serving.as_ref().map(|serving| serving.engine.as_str())))
        .bind(column(events, |event| event.operation.as_str()))
        .bind(column(events, |event| event.streamed))
        .bind(column(events, |event| event.status.as_str()))
        .bind(column(events, |event| small(event.http_status)))
        .bind(column(events, |event| event.error_code.as_deref().map(text)))
        .bind(column(events, |event| event.finish_reason.as_deref().map(text)))
        .bind(column(events, |event| event.tokens.prompt as i64))
        .bind(column(events, |event| event.tokens.cached as i64))
        .bind(column(events, |event| event.tokens.completion as i64))
        .bind(column(events, |event| event.tokens.reasoning as i64))
        .bind(column(events, |event| event.tokens_estimated))
        .bind(column(events, |event| whole(event.queue_ms)))
        .bind(column(events, |event| event.first_token_ms.map(whole)))
        .bind(column(events, |event| whole(event.total_ms)))
        .bind(column(events, |event| small(event.tries)))
        .bind(column(events, |event| small(event.fallbacks)))
        .bind(column(events, |event| event.price_id.map(|id| id.uuid())))
        .bind(column(events, |event| event.currency.as_ref().map(|currency| currency.as_str())))
        .bind(column(events, stored_amount))
        .bind(column(events, |event| event.trace_id.as_deref().map(text)))
        .bind(column(events, |event| event.demo))
        .bind(column(events, |event| event.taken.as_ref().map(|taken| taken.route_id.uuid())))
        .bind(column(events, |event| event.taken.as_ref().map(|taken| whole(taken.version))))
        .bind(column(events, |event| event.taken.as_ref().map(|taken| text(&taken.arm))))
}
