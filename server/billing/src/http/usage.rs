use access::{Refusal, TenantPermit, grants::ReadUsage};
use shared::TenantId;
use shared_api::billing::{UsageGroup, UsageGroupRow, UsageQuery, UsageReport};
use web::{Json, Query};

use crate::{period::Period, report, store::rollup};

/// A tenant's usage: totals, the time before, a series without gaps, a breakdown.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/usage", tag = "usage", operation_id = "get_usage",
    params(("tenant_id" = TenantId, Path), UsageQuery), responses((status = 200, body = UsageReport), (status = 400), (status = 404))
)]
pub async fn usage(
    permit: TenantPermit<ReadUsage>,
    Query(query): Query<UsageQuery>,
) -> Result<Json<UsageReport>, Refusal> {
    let period = Period::of(&query, permit.now())?;
    let group_by = query.group_by.unwrap_or(UsageGroup::Model);
    let mut tx = permit.begin().await?;
    let nature = rollup::nature_of_tenant(&mut tx, &period).await?;
    let sums = rollup::buckets(&mut tx, &period, &query, nature.currency).await?;
    let groups = rollup::groups(&mut tx, &period, &query, group_by, nature.currency).await?;
    tx.commit().await?;
    let series = report::series(&period, &sums);
    Ok(Json(UsageReport {
        from: period.from,
        to: period.to,
        bucket: period.bucket,
        group_by,
        currency: nature.currency,
        totals: series.totals,
        previous: series.previous,
        series: series.buckets,
        groups: groups
            .into_iter()
            .map(|row| UsageGroupRow { id: row.id, name: row.name, totals: row.sum.totals() })
            .collect(),
        includes_demo: nature.demo,
    }))
}
