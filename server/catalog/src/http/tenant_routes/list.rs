use access::{Refusal, TenantPermit, grants::ReadTenantRoute};
use shared::{Page, TenantId};
use shared_api::routes::Route;
use web::Json;

use crate::store;

/// A tenant's own routes.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/routes", tag = "routes", operation_id = "list_tenant_routes",
    params(("tenant_id" = TenantId, Path)), responses((status = 200, body = Page<Route>), (status = 404))
)]
pub async fn list(permit: TenantPermit<ReadTenantRoute>) -> Result<Json<Page<Route>>, Refusal> {
    let mut tx = permit.begin().await?;
    let routes = store::routes::own::list(&mut tx, None).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(routes)))
}
