use access::{Refusal, TenantPermit, grants::ReadTenantRoute};
use shared::{RouteId, TenantId};
use shared_api::routes::{ArmsQuery, RouteArms};
use web::{Json, Path, Problem, Query};

use crate::{
    http::routes::{laid_out, window},
    store::routes::{arms as store, own},
};

/// Compares the arms of a tenant's own route, by the tenant's calls.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/routes/{tenant_route_id}/arms", tag = "routes", operation_id = "get_tenant_route_arms",
    params(("tenant_id" = TenantId, Path), ("tenant_route_id" = RouteId, Path), ArmsQuery),
    responses((status = 200, body = RouteArms), (status = 400), (status = 404))
)]
pub async fn arms(
    permit: TenantPermit<ReadTenantRoute>,
    path: Path<(TenantId, RouteId)>,
    Query(query): Query<ArmsQuery>,
) -> Result<Json<RouteArms>, Refusal> {
    let Path((_, id)) = path;
    let to = permit.now();
    let from = window(&query, to)?;
    let mut tx = permit.begin().await?;
    let route = own::get(&mut tx, id).await?.ok_or_else(|| Problem::not_found("route"))?;
    let wanted = store::Wanted { route: id, from, version: query.version };
    let ((currency, includes_demo), found) = store::of_tenant(&mut tx, &wanted).await?;
    tx.commit().await?;
    let arms = laid_out(&route.spec, found);
    Ok(Json(RouteArms { from, to, currency, arms, shadows: Vec::new(), includes_demo }))
}
