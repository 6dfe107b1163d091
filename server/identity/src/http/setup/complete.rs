//! `POST /api/v1/setup`

use access::{
    Entry,
    audit::Chain,
    session::{Who, sign_in},
};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use shared::OperatorId;
use shared_api::identity::{Me, SetUp};
use tower_sessions::Session;
use web::{Json, ProblemBody};

use crate::{ClientAddress, Identity, IdentityError, check_password, limits, profile, store};

/// Makes the first operator of an empty deployment and signs in, by the one-time link that the server printed.
#[utoipa::path(
    post,
    path = "/api/v1/setup",
    tag = "sessions",
    request_body = SetUp,
    security(()),
    responses(
        (status = 201, description = "Made and signed in.", body = Me),
        (status = 400, description = "A value is not acceptable.", body = ProblemBody),
        (status = 404, description = "The link is not valid, or there is an operator already.", body = ProblemBody),
        (status = 429, description = "Too many attempts.", body = ProblemBody),
    )
)]
pub async fn complete_setup(
    State(identity): State<Identity>,
    entry: Entry,
    address: ClientAddress,
    session: Session,
    headers: HeaderMap,
    Json(wanted): Json<SetUp>,
) -> Result<(StatusCode, Json<Me>), IdentityError> {
    limits::from_address(&entry, address).await?;
    if !identity.setup.opens(wanted.token.expose(), identity.access.pepper()) {
        return Err(IdentityError::NoSetup);
    }
    check_password(wanted.password.expose(), &[wanted.email.as_str(), wanted.name.as_str()])?;
    let hash = identity.passwords.hash(wanted.password.expose()).await?;
    let (id, now) = (OperatorId::generate(), identity.access.clock().now());
    let mut tx = entry.operator().await?;
    store::operator::lock_headcount(&mut tx).await?;
    if store::operator::exist(&mut tx).await? {
        identity.setup.close();
        return Err(IdentityError::NoSetup);
    }
    store::operator::insert(&mut tx, id, &wanted.email, &wanted.name, &hash, now).await?;
    store::operator::note_sign_in(&mut tx, id, now).await?;
    tx.commit().await?;
    identity.setup.close();
    entry.record(Chain::Operator, &format!("operator:{id}"), "operator.create", "/api/v1/setup").await?;
    sign_in(&session, Who::Operator { id }, &headers).await?;
    let me = profile::operator(id, wanted.email.to_string(), wanted.name.to_string());
    Ok((StatusCode::CREATED, Json(me)))
}
