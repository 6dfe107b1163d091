use access::{Refusal, TenantPermit, grants::ReadProject};
use shared::{Page, TenantId};
use shared_api::engines::DataClass;
use web::Json;

use crate::store;

/// The classes that a tenant's projects can be given.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/data-classes", tag = "data classes", operation_id = "list_tenant_data_classes",
    params(("tenant_id" = TenantId, Path)), responses((status = 200, body = Page<DataClass>), (status = 404))
)]
pub async fn offered(permit: TenantPermit<ReadProject>) -> Result<Json<Page<DataClass>>, Refusal> {
    let mut tx = permit.begin().await?;
    let classes = store::data_class::offered(&mut tx).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(classes)))
}
