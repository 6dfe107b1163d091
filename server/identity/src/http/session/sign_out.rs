//! `DELETE /api/v1/sessions/current`

use access::{Credential, SelfPermit, grants::DeleteSession, session::sign_out as end_session};
use http::StatusCode;
use tower_sessions::Session;
use web::ProblemBody;

use crate::IdentityError;

/// Signs out: ends the session of the cookie that was sent.
#[utoipa::path(
    delete,
    path = "/api/v1/sessions/current",
    tag = "sessions",
    responses(
        (status = 204, description = "Signed out."),
        (status = 401, description = "Not signed in.", body = ProblemBody),
        (status = 409, description = "A token was sent, not a session.", body = ProblemBody),
    )
)]
pub async fn sign_out(
    permit: SelfPermit<DeleteSession>,
    session: Session,
) -> Result<StatusCode, IdentityError> {
    let Credential::Session(_) = permit.caller().credential() else { return Err(IdentityError::NotASession) };
    end_session(&session).await?;
    Ok(StatusCode::NO_CONTENT)
}
