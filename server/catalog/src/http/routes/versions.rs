use access::{OperatorPermit, Refusal, grants::ReadRoute};
use shared::{Page, RouteId};
use shared_api::routes::RouteVersion;
use web::{Json, Paging, Path, Problem};

use crate::route_book;

/// The versions of a route, the latest first.
#[utoipa::path(
    get, path = "/api/v1/routes/{route_id}/versions", tag = "routes", operation_id = "list_route_versions",
    params(("route_id" = RouteId, Path), ("limit" = Option<u32>, Query), ("after" = Option<u32>, Query)),
    responses((status = 200, body = Page<RouteVersion>), (status = 404))
)]
pub async fn versions(
    permit: OperatorPermit<ReadRoute>,
    Path(id): Path<RouteId>,
    paging: Paging,
) -> Result<Json<Page<RouteVersion>>, Refusal> {
    let mut tx = permit.begin().await?;
    let rows =
        route_book::versions(&mut tx, id, paging.after_id()?, paging.rows()).await.map_err(Problem::from)?;
    tx.commit().await?;
    Ok(Json(Page::from_rows(rows, paging.limit as usize, |version| version.version.to_string())))
}
