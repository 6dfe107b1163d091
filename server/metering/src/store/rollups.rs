//! `usage_hourly`.

use std::collections::BTreeMap;

use sqlx::PgConnection;

use super::text;
use crate::{
    latency::LATENCY_BUCKETS,
    rollup::{Rollup, RollupKey},
};

/// Histograms come as one flat array each, `$18` buckets a row, since `unnest` flattens arrays of arrays.
const GROW: &str = "
insert into usage_hourly as kept (
  tenant_id, hour, project_id, key_id, model, demo, team_id, currency, requests, errors, rejected, aborted,
  prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, amount, latency_counts, first_token_counts)
select tenant_id, hour, project_id, key_id, model, demo, team_id, currency, requests, errors, rejected, aborted,
  prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, amount,
  ($19::bigint[])[(nr - 1) * $18 + 1 : nr * $18], ($20::bigint[])[(nr - 1) * $18 + 1 : nr * $18]
from unnest(
  $1::uuid[], $2::timestamptz[], $3::uuid[], $4::uuid[], $5::text[], $6::boolean[], $7::uuid[], $8::text[],
  $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[],
  $16::bigint[], $17::numeric[]) with ordinality as new (
  tenant_id, hour, project_id, key_id, model, demo, team_id, currency, requests, errors, rejected, aborted,
  prompt_tokens, cached_tokens, completion_tokens, reasoning_tokens, amount, nr)
order by nr
on conflict (tenant_id, hour, project_id, key_id, model, currency, demo) do update set
  team_id = excluded.team_id,
  requests = kept.requests + excluded.requests,
  errors = kept.errors + excluded.errors,
  rejected = kept.rejected + excluded.rejected,
  aborted = kept.aborted + excluded.aborted,
  prompt_tokens = kept.prompt_tokens + excluded.prompt_tokens,
  cached_tokens = kept.cached_tokens + excluded.cached_tokens,
  completion_tokens = kept.completion_tokens + excluded.completion_tokens,
  reasoning_tokens = kept.reasoning_tokens + excluded.reasoning_tokens,
  amount = kept.amount + excluded.amount,
  latency_counts = (
    select array_agg(coalesce(a, 0) + coalesce(b, 0) order by nr)
    from unnest(kept.latency_counts, excluded.latency_counts) with ordinality as both_of (a, b, nr)),
  first_token_counts = (
    select array_agg(coalesce(a, 0) + coalesce(b, 0) order by nr)
    from unnest(kept.first_token_counts, excluded.first_token_counts) with ordinality as both_of (a, b, nr))";

/// Adds to the rows, or makes them.
pub(crate) async fn grow(
    conn: &mut PgConnection,
    rows: &BTreeMap<RollupKey<'_>, Rollup>,
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    fn sums(rows: &BTreeMap<RollupKey<'_>, Rollup>, sum: impl Fn(&Rollup) -> i64) -> Vec<i64> {
        rows.values().map(sum).collect()
    }
    fn histograms(rows: &BTreeMap<RollupKey<'_>, Rollup>, of: impl Fn(&Rollup) -> &[i64]) -> Vec<i64> {
        rows.values().flat_map(of).copied().collect()
    }
    sqlx::query(GROW)
        .bind(rows.keys().map(|key| key.tenant_id.uuid()).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| key.hour).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| key.project_id.uuid()).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| key.key_id.uuid()).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| text(key.model)).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| key.demo).collect::<Vec<_>>())
        .bind(rows.values().map(|row| row.team_id.map(|id| id.uuid())).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| key.currency()).collect::<Vec<_>>())
        .bind(sums(rows, |row| row.requests))
        .bind(sums(rows, |row| row.errors))
        .bind(sums(rows, |row| row.rejected))
        .bind(sums(rows, |row| row.aborted))
        .bind(sums(rows, |row| row.prompt_tokens))
        .bind(sums(rows, |row| row.cached_tokens))
        .bind(sums(rows, |row| row.completion_tokens))
        .bind(sums(rows, |row| row.reasoning_tokens))
        .bind(rows.values().map(|row| row.amount).collect::<Vec<_>>())
        .bind(LATENCY_BUCKETS as i32)
        .bind(histograms(rows, |row| &row.latency))
        .bind(histograms(rows, |row| &row.first_token))
        .execute(conn)
        .await?;
    Ok(())
}
