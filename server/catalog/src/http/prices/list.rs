use access::{OperatorPermit, Refusal, grants::ReadPrice};
use shared::Page;
use shared_api::catalog::Price;
use web::{Json, Paging};

use crate::store;

/// All prices, past and to come, newest first.
#[utoipa::path(
    get, path = "/api/v1/prices", tag = "prices", operation_id = "list_prices",
    params(("limit" = Option<u32>, Query), ("after" = Option<String>, Query)), responses((status = 200, body = Page<Price>))
)]
pub async fn list(permit: OperatorPermit<ReadPrice>, paging: Paging) -> Result<Json<Page<Price>>, Refusal> {
    let mut tx = permit.begin().await?;
    let rows = store::price::list(&mut tx, None, paging.after_id()?, paging.rows()).await?;
    tx.commit().await?;
    Ok(Json(Page::from_rows(rows, paging.limit as usize, |price| price.id.to_string())))
}
