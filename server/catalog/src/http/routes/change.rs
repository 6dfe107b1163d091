use access::{OperatorPermit, Refusal, grants::UpdateRoute};
use shared::RouteId;
use shared_api::routes::{Route, RouteChange};
use web::{Json, Path, Problem};

use crate::route_book::{self, Author};

/// Changes what a route does: a document makes a new version, in force at once on every gateway. The versions before stay.
#[utoipa::path(
    patch, path = "/api/v1/routes/{route_id}", tag = "routes", operation_id = "update_route", request_body = RouteChange,
    params(("route_id" = RouteId, Path)),
    responses((status = 200, body = Route), (status = 400), (status = 404),
        (status = 409, description = "Another version than `if_version` is in force"))
)]
pub async fn change(
    permit: OperatorPermit<UpdateRoute>,
    Path(id): Path<RouteId>,
    Json(change): Json<RouteChange>,
) -> Result<Json<Route>, Refusal> {
    let author = Author { by: &permit.operator().email, now: permit.now() };
    let mut tx = permit.begin().await?;
    let changed = route_book::change(&mut tx, id, &change, author).await.map_err(Problem::from)?;
    tx.commit().await?;
    Ok(Json(changed))
}
