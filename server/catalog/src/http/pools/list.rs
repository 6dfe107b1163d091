use access::{OperatorPermit, Refusal, grants::ReadPool};
use shared::Page;
use shared_api::catalog::Pool;
use web::{Json, Paging};

use crate::store;

/// All pools, in the order of their names.
#[utoipa::path(
    get, path = "/api/v1/pools", tag = "pools", operation_id = "list_pools",
    params(("limit" = Option<u32>, Query), ("after" = Option<String>, Query)), responses((status = 200, body = Page<Pool>))
)]
pub async fn list(permit: OperatorPermit<ReadPool>, paging: Paging) -> Result<Json<Page<Pool>>, Refusal> {
    let mut tx = permit.begin().await?;
    let rows = store::pool::list(&mut tx, None, paging.after.as_deref(), paging.rows()).await?;
    tx.commit().await?;
    Ok(Json(Page::from_rows(rows, paging.limit as usize, |pool| pool.name.clone())))
}
