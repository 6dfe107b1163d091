use access::{Refusal, TenantPermit, grants::DeleteTenantRoute};
use http::StatusCode;
use shared::{RouteId, TenantId};
use web::{Path, Problem};

use crate::store::routes::own;

/// Retires a tenant's own route: its name means nothing of the tenant's from now on.
#[utoipa::path(
    delete, path = "/api/v1/tenants/{tenant_id}/routes/{tenant_route_id}", tag = "routes", operation_id = "delete_tenant_route",
    params(("tenant_id" = TenantId, Path), ("tenant_route_id" = RouteId, Path)), responses((status = 204), (status = 403), (status = 404))
)]
pub async fn delete(
    permit: TenantPermit<DeleteTenantRoute>,
    path: Path<(TenantId, RouteId)>,
) -> Result<StatusCode, Refusal> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    if !own::retire(&mut tx, id, permit.now()).await? {
        return Err(Problem::not_found("route").into());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
