use access::{Refusal, TenantPermit, grants::ReadTenantModel};
use shared::{Page, TenantId};
use shared_api::catalog::TenantModel;
use web::Json;

use crate::store;

/// The models that a tenant may use, with their prices.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/models", tag = "models", operation_id = "list_tenant_models",
    params(("tenant_id" = TenantId, Path)), responses((status = 200, body = Page<TenantModel>), (status = 404))
)]
pub async fn list(permit: TenantPermit<ReadTenantModel>) -> Result<Json<Page<TenantModel>>, Refusal> {
    let mut tx = permit.begin().await?;
    let models = store::grant::models_of(&mut tx, permit.now()).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(models)))
}
