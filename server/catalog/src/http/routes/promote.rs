use access::{OperatorPermit, Refusal, grants::UpdateRoute};
use shared::RouteId;
use shared_api::routes::{Promote, Route};
use web::{Json, Path, Problem};

use crate::route_book::{self, Author};

/// Gives one arm of a route all the weight, as a new version. The other arms stay in it with none.
#[utoipa::path(
    post, path = "/api/v1/routes/{route_id}/promote", tag = "routes", operation_id = "promote_route_arm", request_body = Promote,
    params(("route_id" = RouteId, Path)),
    responses((status = 200, body = Route), (status = 400, description = "There is no such arm"), (status = 404),
        (status = 409, description = "Another version than `if_version` is in force"))
)]
pub async fn promote(
    permit: OperatorPermit<UpdateRoute>,
    Path(id): Path<RouteId>,
    Json(promote): Json<Promote>,
) -> Result<Json<Route>, Refusal> {
    let author = Author { by: &permit.operator().email, now: permit.now() };
    let mut tx = permit.begin().await?;
    let changed = route_book::promote(&mut tx, id, &promote, author).await.map_err(Problem::from)?;
    tx.commit().await?;
    Ok(Json(changed))
}
