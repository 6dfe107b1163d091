use access::{Refusal, TenantPermit, grants::ReadPlaygroundShare};
use shared::{PlaygroundShareId, TenantId};
use shared_api::playground::PlaygroundShare;
use web::{Json, Path, Problem};

use crate::store;

/// A shared setup.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/playground/shares/{share_id}", tag = "playground", operation_id = "get_playground_share",
    params(("tenant_id" = TenantId, Path), ("share_id" = PlaygroundShareId, Path)),
    responses((status = 200, body = PlaygroundShare), (status = 404))
)]
pub async fn get(
    permit: TenantPermit<ReadPlaygroundShare>,
    path: Path<(TenantId, PlaygroundShareId)>,
) -> Result<Json<PlaygroundShare>, Refusal> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    let found = store::playground::share(&mut tx, id).await?;
    tx.commit().await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("share"))?))
}
