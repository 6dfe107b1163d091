use access::{Refusal, TenantPermit, grants::ReadPlaygroundShare};
use shared::{Page, TenantId};
use shared_api::playground::PlaygroundShareHead;
use web::{Json, Paging};

use crate::store;

/// What was shared, newest first, without the setups themselves.
#[utoipa::path(
    get, path = "/api/v1/tenants/{tenant_id}/playground/shares", tag = "playground", operation_id = "list_playground_shares",
    params(("tenant_id" = TenantId, Path), Paging), responses((status = 200, body = Page<PlaygroundShareHead>), (status = 404))
)]
pub async fn list(
    permit: TenantPermit<ReadPlaygroundShare>,
    paging: Paging,
) -> Result<Json<Page<PlaygroundShareHead>>, Refusal> {
    let mut tx = permit.begin().await?;
    let rows = store::playground::shares(&mut tx, paging.after_id()?, paging.rows()).await?;
    tx.commit().await?;
    Ok(Json(Page::from_rows(rows, paging.limit as usize, |share| share.id.to_string())))
}
