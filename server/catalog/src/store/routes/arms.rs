//! What came of arms, from the hourly rollup, and of the copies to shadowed models.

use std::collections::BTreeMap;

use ::shared::{Currency, RouteId};
use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx, TenantTx};
use rust_decimal::Decimal;
use shared_api::routes::{ArmUse, ShadowUse};
use snapshot::{LATENCY_BUCKETS, latency_bucket, latency_quantile};
use sqlx::{FromRow, Row, postgres::PgRow, types::Json};

/// Which calls: those of a route, since a moment, of one version or all.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    pub route: RouteId,
    pub from: DateTime<Utc>,
    pub version: Option<u32>,
}

/// The currency in which most was spent, and whether demo data is among it.
pub type Nature = (Currency, bool);

fn nature(row: Option<(String, bool)>) -> Nature {
    let (currency, demo) = row.unwrap_or_default();
    (currency.parse().unwrap_or(Currency::USD), demo)
}

/// `$1` to `$3` are the route, the moment and the version; `$4` the currency whose amounts count.
macro_rules! sums {
    ($tenant:literal) => {
        concat!(
            "select arm, sum(requests)::bigint as requests, sum(errors)::bigint as errors, sum(rejected)::bigint as rejected, \
             sum(aborted)::bigint as aborted, sum(prompt_tokens)::bigint as prompt_tokens, sum(cached_tokens)::bigint as cached_tokens, \
             sum(completion_tokens)::bigint as completion_tokens, sum(amount) filter (where currency = $4) as amount, \
             sum_counts(latency_counts) as latency, sum_counts(first_token_counts) as first_token, \
             sum_tallies(finish_reasons) as finish_reasons from route_arm_hourly \
             where route_id = $1 and hour >= $2 and ($3::int is null or version = $3) ",
            $tenant,
            " group by arm order by arm"
        )
    };
}

macro_rules! natures {
    ($tenant:literal) => {
        concat!(
            "select currency, bool_or(bool_or(demo)) over () from route_arm_hourly \
             where route_id = $1 and hour >= $2 and ($3::int is null or version = $3) ",
            $tenant,
            " group by currency order by sum(amount) desc limit 1"
        )
    };
}

struct ArmRow(ArmUse);

fn counts(row: &PgRow, name: &str) -> Result<Vec<u64>, sqlx::Error> {
    let read: Option<Vec<i64>> = row.try_get(name)?;
    Ok(read.unwrap_or_default().into_iter().map(|n| u64::try_from(n).unwrap_or_default()).collect())
}

impl FromRow<'_, PgRow> for ArmRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let count = |name: &str| row.try_get::<i64, _>(name).map(|n| u64::try_from(n).unwrap_or_default());
        let (latency, first_token) = (counts(row, "latency")?, counts(row, "first_token")?);
        let reasons: Option<Json<BTreeMap<String, u64>>> = row.try_get("finish_reasons")?;
        Ok(Self(ArmUse {
            arm: row.try_get("arm")?,
            weight: None,
            requests: count("requests")?,
            errors: count("errors")?,
            rejected: count("rejected")?,
            aborted: count("aborted")?,
            prompt_tokens: count("prompt_tokens")?,
            cached_tokens: count("cached_tokens")?,
            completion_tokens: count("completion_tokens")?,
            amount: row.try_get::<Option<Decimal>, _>("amount")?.unwrap_or_default().normalize(),
            latency_p50_ms: latency_quantile(&latency, 0.5),
            latency_p95_ms: latency_quantile(&latency, 0.95),
            first_token_p50_ms: latency_quantile(&first_token, 0.5),
            first_token_p95_ms: latency_quantile(&first_token, 0.95),
            finish_reasons: reasons.map(|Json(reasons)| reasons).unwrap_or_default(),
        }))
    }
}

/// Of every tenant's calls.
pub async fn of_all(tx: &mut OperatorTx, wanted: &Wanted) -> Result<(Nature, Vec<ArmUse>), DbError> {
    let version = wanted.version.map(super::number);
    let row = sqlx::query_as(natures!(""))
        .bind(wanted.route.uuid())
        .bind(wanted.from)
        .bind(version)
        .fetch_optional(tx.conn())
        .await?;
    let nature = nature(row);
    let rows: Vec<ArmRow> = sqlx::query_as(sums!(""))
        .bind(wanted.route.uuid())
        .bind(wanted.from)
        .bind(version)
        .bind(nature.0.as_str())
        .fetch_all(tx.conn())
        .await?;
    Ok((nature, rows.into_iter().map(|row| row.0).collect()))
}

/// Of the tenant's calls.
pub async fn of_tenant(tx: &mut TenantTx, wanted: &Wanted) -> Result<(Nature, Vec<ArmUse>), DbError> {
    let (tenant, version) = (tx.tenant_id().uuid(), wanted.version.map(super::number));
    let row = sqlx::query_as(natures!("and tenant_id = $4"))
        .bind(wanted.route.uuid())
        .bind(wanted.from)
        .bind(version)
        .bind(tenant)
        .fetch_optional(tx.conn())
        .await?;
    let nature = nature(row);
    let rows: Vec<ArmRow> = sqlx::query_as(sums!("and tenant_id = $5"))
        .bind(wanted.route.uuid())
        .bind(wanted.from)
        .bind(version)
        .bind(nature.0.as_str())
        .bind(tenant)
        .fetch_all(tx.conn())
        .await?;
    Ok((nature, rows.into_iter().map(|row| row.0).collect()))
}

#[derive(sqlx::FromRow)]
struct ShadowRow {
    model: String,
    requests: i64,
    errors: i64,
    prompt_tokens: i64,
    completion_tokens: i64,
    cost: Option<Decimal>,
    total_ms: Vec<i32>,
    first_token_ms: Vec<i32>,
    finish_reasons: Json<Vec<Option<String>>>,
}

/// Most copies that are looked at, the latest.
const MOST_COPIES: i64 = 50_000;

/// The copies by the model that got them.
pub async fn shadows(
    tx: &mut OperatorTx,
    wanted: &Wanted,
    currency: Currency,
) -> Result<Vec<ShadowUse>, DbError> {
    let rows: Vec<ShadowRow> = sqlx::query_as(
        "with latest as (select * from shadow_events where route_id = $1 and started_at >= $2 \
           and ($3::int is null or route_version = $3) order by started_at desc limit $5) \
         select model, count(*) as requests, count(*) filter (where status <> 'completed') as errors, \
           sum(prompt_tokens)::bigint as prompt_tokens, sum(completion_tokens)::bigint as completion_tokens, \
           sum(cost) filter (where currency = $4) as cost, array_agg(total_ms) as total_ms, \
           coalesce(array_agg(first_token_ms) filter (where first_token_ms is not null), '{}') as first_token_ms, \
           jsonb_agg(finish_reason) as finish_reasons from latest group by model order by model",
    )
    .bind(wanted.route.uuid())
    .bind(wanted.from)
    .bind(wanted.version.map(super::number))
    .bind(currency.as_str())
    .bind(MOST_COPIES)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(shadow).collect())
}

fn histogram(times: &[i32]) -> [u64; LATENCY_BUCKETS] {
    let mut counts = [0; LATENCY_BUCKETS];
    for ms in times {
        counts[latency_bucket(u32::try_from(*ms).unwrap_or_default())] += 1;
    }
    counts
}

fn shadow(row: ShadowRow) -> ShadowUse {
    let (total, first) = (histogram(&row.total_ms), histogram(&row.first_token_ms));
    let mut finish_reasons = BTreeMap::new();
    for reason in row.finish_reasons.0.into_iter().flatten() {
        *finish_reasons.entry(reason).or_default() += 1;
    }
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    ShadowUse {
        model: row.model,
        requests: count(row.requests),
        errors: count(row.errors),
        prompt_tokens: count(row.prompt_tokens),
        completion_tokens: count(row.completion_tokens),
        cost: row.cost.unwrap_or_default().normalize(),
        latency_p50_ms: latency_quantile(&total, 0.5),
        latency_p95_ms: latency_quantile(&total, 0.95),
        first_token_p50_ms: latency_quantile(&first, 0.5),
        first_token_p95_ms: latency_quantile(&first, 0.95),
        finish_reasons,
    }
}
