use access::{OperatorPermit, Refusal, grants::ReadRoute};
use shared::Page;
use shared_api::routes::Route;
use web::{Json, Paging, Problem};

use crate::route_book;

/// All routes that the operator offers, with their versions in force.
#[utoipa::path(
    get, path = "/api/v1/routes", tag = "routes", operation_id = "list_routes",
    params(("limit" = Option<u32>, Query), ("after" = Option<String>, Query)), responses((status = 200, body = Page<Route>))
)]
pub async fn list(permit: OperatorPermit<ReadRoute>, paging: Paging) -> Result<Json<Page<Route>>, Refusal> {
    let mut tx = permit.begin().await?;
    let rows =
        route_book::list(&mut tx, paging.after.as_deref(), paging.rows()).await.map_err(Problem::from)?;
    tx.commit().await?;
    Ok(Json(Page::from_rows(rows, paging.limit as usize, |route| route.name.clone())))
}
