use access::{OperatorPermit, Refusal, grants::ReadRoute};
use shared::RouteId;
use shared_api::routes::Route;
use web::{Json, Path, Problem};

use crate::route_book;

/// One route with its version in force.
#[utoipa::path(
    get, path = "/api/v1/routes/{route_id}", tag = "routes", operation_id = "get_route",
    params(("route_id" = RouteId, Path)), responses((status = 200, body = Route), (status = 404))
)]
pub async fn get(permit: OperatorPermit<ReadRoute>, Path(id): Path<RouteId>) -> Result<Json<Route>, Refusal> {
    let mut tx = permit.begin().await?;
    let found = route_book::get(&mut tx, id).await.map_err(Problem::from)?;
    tx.commit().await?;
    Ok(Json(found))
}
