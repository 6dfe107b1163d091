//! Queries over the hourly rollups.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx, TenantTx};
use shared::{ApiKeyId, Currency, ProjectId, TenantId};
use shared_api::billing::{UsageBucketWidth, UsageGroup, UsageQuery};
use sqlx::{FromRow, Row, postgres::PgRow};

use super::sum;
use crate::{period::Period, report::Sum};

/// The sums, as part of every statement here. `$currency` picks whose amounts count.
macro_rules! sums {
    ($currency:literal) => {
        concat!(
            "sum(requests)::bigint as requests, sum(errors)::bigint as errors, sum(rejected)::bigint as rejected, ",
            "sum(aborted)::bigint as aborted, sum(prompt_tokens)::bigint as prompt_tokens, ",
            "sum(cached_tokens)::bigint as cached_tokens, sum(completion_tokens)::bigint as completion_tokens, ",
            "sum(reasoning_tokens)::bigint as reasoning_tokens, sum(amount) filter (where currency = ",
            $currency,
            ") as amount, sum_counts(latency_counts) as latency, sum_counts(first_token_counts) as first_token"
        )
    };
}

struct BucketRow(DateTime<Utc>, Sum);

impl FromRow<'_, PgRow> for BucketRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self(row.try_get("bucket")?, sum(row)?))
    }
}

/// A row of a breakdown: id, name, sums.
pub struct GroupRow {
    pub id: String,
    pub name: String,
    pub sum: Sum,
}

impl FromRow<'_, PgRow> for GroupRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self { id: row.try_get("id")?, name: row.try_get("name")?, sum: sum(row)? })
    }
}

fn unit(bucket: UsageBucketWidth) -> &'static str {
    match bucket {
        UsageBucketWidth::Hour => "hour",
        UsageBucketWidth::Day => "day",
    }
}

/// What the report is told in, and whether it holds demo data.
#[derive(Debug, Clone, Copy)]
pub struct Nature {
    pub currency: Currency,
    pub demo: bool,
}

fn nature(row: Option<(String, bool)>) -> Nature {
    let (currency, demo) = row.unwrap_or_default();
    Nature { currency: currency.parse().unwrap_or(Currency::USD), demo }
}

/// The currency in which most was spent.
pub async fn nature_of_tenant(tx: &mut TenantTx, period: &Period) -> Result<Nature, DbError> {
    let row = sqlx::query_as(
        "select currency, bool_or(bool_or(demo)) over () from usage_hourly where tenant_id = $1 and hour >= $2 and hour < $3 \
         group by currency order by sum(amount) desc limit 1",
    )
    .bind(tx.tenant_id().uuid())
    .bind(period.from)
    .bind(period.to)
    .fetch_optional(tx.conn())
    .await?;
    Ok(nature(row))
}

/// Sums by bucket over the period and the one before.
pub async fn buckets(
    tx: &mut TenantTx,
    period: &Period,
    query: &UsageQuery,
    currency: Currency,
) -> Result<HashMap<DateTime<Utc>, Sum>, DbError> {
    let rows: Vec<BucketRow> = sqlx::query_as(concat!(
        "select date_trunc($7, hour, 'UTC') as bucket, ",
        sums!("$8"),
        " from usage_hourly where tenant_id = $1 and hour >= $2 and hour < $3 and ($4::uuid is null or project_id = $4) ",
        "and ($5::uuid is null or key_id = $5) and ($6::text is null or model = $6) group by 1"
    ))
    .bind(tx.tenant_id().uuid())
    .bind(period.before().from)
    .bind(period.to)
    .bind(query.project_id.map(ProjectId::uuid))
    .bind(query.key_id.map(ApiKeyId::uuid))
    .bind(&query.model)
    .bind(unit(period.bucket))
    .bind(currency.as_str())
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.0, row.1)).collect())
}

macro_rules! grouped {
    ($id:literal, $name:literal, $join:literal, $by:literal) => {
        concat!(
            "select ", $id, " as id, ", $name, " as name, ", sums!("$7"), " from usage_hourly u ", $join,
            " where u.tenant_id = $1 and hour >= $2 and hour < $3 and ($4::uuid is null or u.project_id = $4) ",
            "and ($5::uuid is null or u.key_id = $5) and ($6::text is null or u.model = $6) group by ", $by,
            " order by amount desc nulls last, requests desc, id limit 200"
        )
    };
}

/// Sums by project, key, model or team, dearest first.
pub async fn groups(
    tx: &mut TenantTx,
    period: &Period,
    query: &UsageQuery,
    group: UsageGroup,
    currency: Currency,
) -> Result<Vec<GroupRow>, DbError> {
    let statement = match group {
        UsageGroup::Model => grouped!("u.model", "u.model", "", "u.model"),
        UsageGroup::Project => grouped!(
            "'proj_' || replace(u.project_id::text, '-', '')",
            "coalesce(p.name, u.project_id::text)",
            "left join projects p on p.tenant_id = u.tenant_id and p.id = u.project_id",
            "u.project_id, p.name"
        ),
        UsageGroup::Key => grouped!(
            "'key_' || replace(u.key_id::text, '-', '')",
            "coalesce(k.name, u.key_id::text)",
            "left join api_keys k on k.tenant_id = u.tenant_id and k.id = u.key_id",
            "u.key_id, k.name"
        ),
        UsageGroup::Team => grouped!(
            "coalesce('team_' || replace(u.team_id::text, '-', ''), 'none')",
            "coalesce(t.name, 'No team')",
            "left join teams t on t.tenant_id = u.tenant_id and t.id = u.team_id",
            "u.team_id, t.name"
        ),
    };
    Ok(sqlx::query_as(statement)
        .bind(tx.tenant_id().uuid())
        .bind(period.from)
        .bind(period.to)
        .bind(query.project_id.map(ProjectId::uuid))
        .bind(query.key_id.map(ApiKeyId::uuid))
        .bind(&query.model)
        .bind(currency.as_str())
        .fetch_all(tx.conn())
        .await?)
}

/// A line of the export.
#[derive(Debug, sqlx::FromRow)]
pub struct ExportRow {
    pub bucket: DateTime<Utc>,
    pub project: String,
    pub cost_centre: Option<String>,
    pub key: String,
    pub model: String,
    pub currency: String,
    pub requests: i64,
    pub errors: i64,
    pub prompt_tokens: i64,
    pub cached_tokens: i64,
    pub completion_tokens: i64,
    pub amount: rust_decimal::Decimal,
    pub demo: bool,
}

/// Everything by bucket, project, key, model and currency; `most` rows at the most.
pub async fn export(
    tx: &mut TenantTx,
    period: &Period,
    query: &UsageQuery,
    most: i64,
) -> Result<Vec<ExportRow>, DbError> {
    Ok(sqlx::query_as(
        "select date_trunc($7, u.hour, 'UTC') as bucket, coalesce(p.name, u.project_id::text) as project, p.cost_centre, \
         coalesce(k.name, u.key_id::text) as key, u.model, u.currency, sum(requests)::bigint as requests, \
         sum(errors)::bigint as errors, sum(prompt_tokens)::bigint as prompt_tokens, sum(cached_tokens)::bigint as cached_tokens, \
         sum(completion_tokens)::bigint as completion_tokens, sum(amount) as amount, u.demo \
         from usage_hourly u left join projects p on p.tenant_id = u.tenant_id and p.id = u.project_id \
         left join api_keys k on k.tenant_id = u.tenant_id and k.id = u.key_id \
         where u.tenant_id = $1 and u.hour >= $2 and u.hour < $3 and ($4::uuid is null or u.project_id = $4) \
         and ($5::uuid is null or u.key_id = $5) and ($6::text is null or u.model = $6) \
         group by 1, u.project_id, p.name, p.cost_centre, u.key_id, k.name, u.model, u.currency, u.demo \
         order by 1, 2, 4, 5 limit $8",
    )
    .bind(tx.tenant_id().uuid())
    .bind(period.from)
    .bind(period.to)
    .bind(query.project_id.map(ProjectId::uuid))
    .bind(query.key_id.map(ApiKeyId::uuid))
    .bind(&query.model)
    .bind(unit(period.bucket))
    .bind(most)
    .fetch_all(tx.conn())
    .await?)
}

/// The currency in which most was spent on the platform.
pub async fn nature_of_platform(tx: &mut OperatorTx, period: &Period) -> Result<Nature, DbError> {
    let row = sqlx::query_as(
        "select currency, bool_or(bool_or(demo)) over () from usage_hourly where hour >= $1 and hour < $2 \
         group by currency order by sum(amount) desc limit 1",
    )
    .bind(period.from)
    .bind(period.to)
    .fetch_optional(tx.conn())
    .await?;
    Ok(nature(row))
}

pub async fn platform_buckets(
    tx: &mut OperatorTx,
    period: &Period,
    currency: Currency,
) -> Result<HashMap<DateTime<Utc>, Sum>, DbError> {
    let rows: Vec<BucketRow> = sqlx::query_as(concat!(
        "select date_trunc($3, hour, 'UTC') as bucket, ",
        sums!("$4"),
        " from usage_hourly where hour >= $1 and hour < $2 group by 1"
    ))
    .bind(period.before().from)
    .bind(period.to)
    .bind(unit(period.bucket))
    .bind(currency.as_str())
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.0, row.1)).collect())
}

/// A tenant's sums.
pub struct TenantRow {
    pub tenant_id: TenantId,
    pub slug: String,
    pub name: String,
    pub sum: Sum,
}

impl FromRow<'_, PgRow> for TenantRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        Ok(Self {
            tenant_id: TenantId::from_uuid(row.try_get("id")?),
            slug: row.try_get("slug")?,
            name: row.try_get("name")?,
            sum: sum(row)?,
        })
    }
}

/// Sums by tenant, dearest first, at most 500.
pub async fn tenants(
    tx: &mut OperatorTx,
    period: &Period,
    currency: Currency,
) -> Result<Vec<TenantRow>, DbError> {
    Ok(sqlx::query_as(concat!(
        "select t.id, t.slug, t.name, ",
        sums!("$3"),
        " from usage_hourly u join tenants t on t.id = u.tenant_id where u.hour >= $1 and u.hour < $2 ",
        "group by t.id, t.slug, t.name order by amount desc nulls last, requests desc limit 500"
    ))
    .bind(period.from)
    .bind(period.to)
    .bind(currency.as_str())
    .fetch_all(tx.conn())
    .await?)
}
