//! `route_arm_hourly`.

use std::collections::BTreeMap;

use serde_json::json;
use sqlx::PgConnection;

use super::text;
use crate::{
    latency::LATENCY_BUCKETS,
    rollup::{ArmKey, ArmRollup},
};

/// Histograms come as one flat array each, `$16` buckets a row, as for `usage_hourly`.
const GROW: &str = "
insert into route_arm_hourly as kept (
  tenant_id, hour, route_id, version, arm, currency, demo, requests, errors, rejected, aborted, prompt_tokens,
  cached_tokens, completion_tokens, amount, latency_counts, first_token_counts, finish_reasons)
select tenant_id, hour, route_id, version, arm, currency, demo, requests, errors, rejected, aborted, prompt_tokens,
  cached_tokens, completion_tokens, amount,
  ($17::bigint[])[(nr - 1) * $16 + 1 : nr * $16], ($18::bigint[])[(nr - 1) * $16 + 1 : nr * $16], finish_reasons
from unnest(
  $1::uuid[], $2::timestamptz[], $3::uuid[], $4::integer[], $5::text[], $6::text[], $7::boolean[], $8::bigint[],
  $9::bigint[], $10::bigint[], $11::bigint[], $12::bigint[], $13::bigint[], $14::bigint[], $15::numeric[],
  $19::jsonb[]) with ordinality as new (
  tenant_id, hour, route_id, version, arm, currency, demo, requests, errors, rejected, aborted, prompt_tokens,
  cached_tokens, completion_tokens, amount, finish_reasons, nr)
order by nr
on conflict (tenant_id, hour, route_id, version, arm, currency, demo) do update set
  requests = kept.requests + excluded.requests,
  errors = kept.errors + excluded.errors,
  rejected = kept.rejected + excluded.rejected,
  aborted = kept.aborted + excluded.aborted,
  prompt_tokens = kept.prompt_tokens + excluded.prompt_tokens,
  cached_tokens = kept.cached_tokens + excluded.cached_tokens,
  completion_tokens = kept.completion_tokens + excluded.completion_tokens,
  amount = kept.amount + excluded.amount,
  finish_reasons = add_tallies(kept.finish_reasons, excluded.finish_reasons),
  latency_counts = (
    select array_agg(coalesce(a, 0) + coalesce(b, 0) order by nr)
    from unnest(kept.latency_counts, excluded.latency_counts) with ordinality as both_of (a, b, nr)),
  first_token_counts = (
    select array_agg(coalesce(a, 0) + coalesce(b, 0) order by nr)
    from unnest(kept.first_token_counts, excluded.first_token_counts) with ordinality as both_of (a, b, nr))";

/// Adds to the rows, or makes them.
pub(crate) async fn grow(
    conn: &mut PgConnection,
    rows: &BTreeMap<ArmKey<'_>, ArmRollup<'_>>,
) -> Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    let sums = |sum: fn(&ArmRollup<'_>) -> i64| rows.values().map(sum).collect::<Vec<_>>();
    let histograms = |of: for<'r> fn(&'r ArmRollup<'_>) -> &'r [i64]| -> Vec<i64> {
        rows.values().flat_map(of).copied().collect()
    };
    sqlx::query(GROW)
        .bind(rows.keys().map(|key| key.tenant_id.uuid()).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| key.hour).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| key.route_id.uuid()).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| i32::try_from(key.version).unwrap_or(i32::MAX)).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| text(key.arm)).collect::<Vec<_>>())
        .bind(rows.keys().map(ArmKey::currency).collect::<Vec<_>>())
        .bind(rows.keys().map(|key| key.demo).collect::<Vec<_>>())
        .bind(sums(|row| row.sums.requests))
        .bind(sums(|row| row.sums.errors))
        .bind(sums(|row| row.sums.rejected))
        .bind(sums(|row| row.sums.aborted))
        .bind(sums(|row| row.sums.prompt_tokens))
        .bind(sums(|row| row.sums.cached_tokens))
        .bind(sums(|row| row.sums.completion_tokens))
        .bind(rows.values().map(|row| row.sums.amount).collect::<Vec<_>>())
        .bind(LATENCY_BUCKETS as i32)
        .bind(histograms(|row| &row.sums.latency))
        .bind(histograms(|row| &row.sums.first_token))
        .bind(rows.values().map(|row| json!(row.finish_reasons)).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}
