//! `GET /api/v1/operators`

use access::{OperatorPermit, grants::ReadOperator};
use shared::Page;
use shared_api::identity::Operator;
use web::{Json, Paging, ProblemBody};

use crate::{IdentityError, store};

/// The operators, in the order of their making.
#[utoipa::path(
    get,
    path = "/api/v1/operators",
    tag = "operators",
    params(Paging),
    responses(
        (status = 200, description = "The operators.", body = Page<Operator>),
        (status = 401, description = "Not signed in.", body = ProblemBody),
        (status = 404, description = "Not an operator.", body = ProblemBody),
    )
)]
pub async fn list_operators(
    permit: OperatorPermit<ReadOperator>,
    paging: Paging,
) -> Result<Json<Page<Operator>>, IdentityError> {
    let mut tx = permit.begin().await?;
    let operators = store::operator::list(&mut tx, paging.after_id()?, paging.rows()).await?;
    Ok(Json(Page::from_rows(operators, paging.limit as usize, |operator| operator.id.to_string())))
}
