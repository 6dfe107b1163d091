use access::{OperatorPermit, Refusal, grants::DeleteRoute};
use http::StatusCode;
use shared::RouteId;
use web::{Path, Problem};

use crate::route_book::{self, Author};

/// Retires a route: its name means nothing from now on. What came of it stays.
#[utoipa::path(
    delete, path = "/api/v1/routes/{route_id}", tag = "routes", operation_id = "delete_route",
    params(("route_id" = RouteId, Path)), responses((status = 204), (status = 404))
)]
pub async fn delete(
    permit: OperatorPermit<DeleteRoute>,
    Path(id): Path<RouteId>,
) -> Result<StatusCode, Refusal> {
    let author = Author { by: &permit.operator().email, now: permit.now() };
    let mut tx = permit.begin().await?;
    route_book::retire(&mut tx, id, author).await.map_err(Problem::from)?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
