use access::{OperatorPermit, Refusal, grants::ReadPlatformUsage};
use shared_api::billing::{PlatformUsage, TenantSpend, UsageQuery};
use web::{Json, Problem, Query};

use crate::{period::Period, report, store::rollup};

/// The usage of the whole platform, by tenant. Filters by project, key or model are a tenant's.
#[utoipa::path(
    get, path = "/api/v1/usage", tag = "usage", operation_id = "get_platform_usage", params(UsageQuery),
    responses((status = 200, body = PlatformUsage), (status = 400))
)]
pub async fn platform(
    permit: OperatorPermit<ReadPlatformUsage>,
    Query(query): Query<UsageQuery>,
) -> Result<Json<PlatformUsage>, Refusal> {
    let narrow = [
        ("project_id", query.project_id.is_some()),
        ("key_id", query.key_id.is_some()),
        ("model", query.model.is_some()),
        ("group_by", query.group_by.is_some()),
    ];
    if let Some((field, _)) = narrow.iter().find(|(_, given)| *given) {
        return Err(Problem::field(*field, "not for the whole platform: ask for one tenant's usage").into());
    }
    let period = Period::of(&query, permit.now())?;
    let mut tx = permit.begin().await?;
    let nature = rollup::nature_of_platform(&mut tx, &period).await?;
    let sums = rollup::platform_buckets(&mut tx, &period, nature.currency).await?;
    let tenants = rollup::tenants(&mut tx, &period, nature.currency).await?;
    tx.commit().await?;
    let series = report::series(&period, &sums);
    let spend = |row: rollup::TenantRow| TenantSpend {
        tenant_id: row.tenant_id,
        slug: row.slug,
        name: row.name,
        totals: row.sum.totals(),
    };
    Ok(Json(PlatformUsage {
        from: period.from,
        to: period.to,
        bucket: period.bucket,
        currency: nature.currency,
        totals: series.totals,
        previous: series.previous,
        series: series.buckets,
        tenants: tenants.into_iter().map(spend).collect(),
        includes_demo: nature.demo,
    }))
}
