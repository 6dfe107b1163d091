use access::{OperatorPermit, Refusal, grants::UpdateRoute};
use shared::RouteId;
use shared_api::routes::{Rollback, Route};
use web::{Json, Path, Problem};

use crate::route_book::{self, Author};

/// Puts an earlier version of a route in force again.
#[utoipa::path(
    post, path = "/api/v1/routes/{route_id}/rollback", tag = "routes", operation_id = "roll_back_route", request_body = Rollback,
    params(("route_id" = RouteId, Path)),
    responses((status = 200, body = Route), (status = 400, description = "There is no such version"), (status = 404),
        (status = 409, description = "Another version than `if_version` is in force"))
)]
pub async fn rollback(
    permit: OperatorPermit<UpdateRoute>,
    Path(id): Path<RouteId>,
    Json(to): Json<Rollback>,
) -> Result<Json<Route>, Refusal> {
    let author = Author { by: &permit.operator().email, now: permit.now() };
    let mut tx = permit.begin().await?;
    let changed = route_book::roll_back(&mut tx, id, &to, author).await.map_err(Problem::from)?;
    tx.commit().await?;
    Ok(Json(changed))
}
