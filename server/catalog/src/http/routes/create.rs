use access::{OperatorPermit, Refusal, grants::CreateRoute};
use http::StatusCode;
use shared_api::routes::{NewRoute, Route};
use web::{Json, Problem};

use crate::route_book::{self, Author};

/// Makes a name that callers can use like a model's. It is in force at once, for every tenant that may use its models.
#[utoipa::path(
    post, path = "/api/v1/routes", tag = "routes", operation_id = "create_route", request_body = NewRoute,
    responses((status = 201, body = Route), (status = 400), (status = 409, description = "The name is taken"))
)]
pub async fn create(
    permit: OperatorPermit<CreateRoute>,
    Json(new): Json<NewRoute>,
) -> Result<(StatusCode, Json<Route>), Refusal> {
    let author = Author { by: &permit.operator().email, now: permit.now() };
    let mut tx = permit.begin().await?;
    let made = route_book::create(&mut tx, &new, author).await.map_err(Problem::from)?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(made)))
}
