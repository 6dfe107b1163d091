use access::{Refusal, TenantPermit, grants::ReadTenantModel};
use shared::{Page, TenantId};
use shared_api::routes::OfferedRoute;
use web::Json;

use crate::store::routes::known;

/// The provider's routes that the tenant can call, by name, with the models that it may use of each.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/offered-routes", tag = "routes", operation_id = "list_offered_routes",
    params(("tenant_id" = TenantId, Path)), responses((status = 200, body = Page<OfferedRoute>), (status = 404))
)]
pub async fn offered(permit: TenantPermit<ReadTenantModel>) -> Result<Json<Page<OfferedRoute>>, Refusal> {
    let mut tx = permit.begin().await?;
    let routes = known::all_offered(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(routes)))
}
