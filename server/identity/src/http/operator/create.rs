//! `POST /api/v1/operators`

use access::{OperatorPermit, grants::CreateOperator};
use axum::extract::State;
use http::StatusCode;
use shared::OperatorId;
use shared_api::identity::{NewOperator, Operator};
use web::{Json, ProblemBody};

use crate::{Identity, IdentityError, check_password, store};

/// Makes another operator.
#[utoipa::path(
    post,
    path = "/api/v1/operators",
    tag = "operators",
    request_body = NewOperator,
    responses(
        (status = 201, description = "Made.", body = Operator),
        (status = 400, description = "A value is not acceptable.", body = ProblemBody),
        (status = 401, description = "Not signed in.", body = ProblemBody),
        (status = 404, description = "Not an operator.", body = ProblemBody),
        (status = 409, description = "The address is taken.", body = ProblemBody),
    )
)]
pub async fn create_operator(
    State(identity): State<Identity>,
    permit: OperatorPermit<CreateOperator>,
    Json(new): Json<NewOperator>,
) -> Result<(StatusCode, Json<Operator>), IdentityError> {
    check_password(new.password.expose(), &[new.email.as_str(), new.name.as_str()])?;
    let hash = identity.passwords.hash(new.password.expose()).await?;
    let (id, now) = (OperatorId::generate(), permit.now());
    let mut tx = permit.begin().await?;
    store::operator::insert(&mut tx, id, &new.email, &new.name, &hash, now).await?;
    tx.commit().await?;
    let operator = Operator {
        id,
        email: new.email.to_string(),
        name: new.name.to_string(),
        created_at: now,
        disabled_at: None,
        last_sign_in_at: None,
    };
    Ok((StatusCode::CREATED, Json(operator)))
}
