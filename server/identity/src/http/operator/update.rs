//! `PATCH /api/v1/operators/{operator_id}`

use access::{OperatorPermit, grants::UpdateOperator};
use shared::OperatorId;
use shared_api::identity::{Operator, OperatorChange};
use web::{Json, Path, ProblemBody};

use crate::{IdentityError, store};

/// Renames an operator, or disables or enables one.
///
/// Disabling ends the person's sessions at once; their tokens do nothing until they are enabled again. Nobody disables
/// themselves or the last operator.
#[utoipa::path(
    patch,
    path = "/api/v1/operators/{operator_id}",
    tag = "operators",
    params(("operator_id" = OperatorId, Path, description = "The operator.")),
    request_body = OperatorChange,
    responses(
        (status = 200, description = "As changed.", body = Operator),
        (status = 400, description = "A value is not acceptable.", body = ProblemBody),
        (status = 401, description = "Not signed in.", body = ProblemBody),
        (status = 404, description = "No such operator, or not an operator.", body = ProblemBody),
        (status = 409, description = "Oneself or the last one.", body = ProblemBody),
    )
)]
pub async fn update_operator(
    permit: OperatorPermit<UpdateOperator>,
    Path(id): Path<OperatorId>,
    Json(change): Json<OperatorChange>,
) -> Result<Json<Operator>, IdentityError> {
    let disables = change.disabled == Some(true);
    if disables && id == permit.operator().id {
        return Err(IdentityError::DisablesSelf);
    }
    let mut tx = permit.begin().await?;
    if disables {
        store::operator::lock_headcount(&mut tx).await?;
        if !store::operator::others_enabled(&mut tx, id).await? {
            return Err(IdentityError::LastOperator);
        }
        store::session::end_all_of_operator(&mut tx, id, None).await?;
    }
    let changed =
        store::operator::update(&mut tx, id, change.name.as_ref(), change.disabled, permit.now()).await?;
    let operator = changed.ok_or(IdentityError::NotFound("operator"))?;
    tx.commit().await?;
    Ok(Json(operator))
}
