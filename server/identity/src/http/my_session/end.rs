//! `DELETE /api/v1/me/sessions/{session_id}`

use access::{Caller, SelfPermit, grants::DeleteSession};
use http::StatusCode;
use shared::SessionId;
use web::{Path, ProblemBody};

use crate::{IdentityError, store};

/// Signs out another browser of one's own.
#[utoipa::path(
    delete,
    path = "/api/v1/me/sessions/{session_id}",
    tag = "me",
    params(("session_id" = SessionId, Path, description = "The session.")),
    responses(
        (status = 204, description = "Ended."),
        (status = 401, description = "Not signed in.", body = ProblemBody),
        (status = 404, description = "No such session of one's own.", body = ProblemBody),
    )
)]
pub async fn end_my_session(
    permit: SelfPermit<DeleteSession>,
    Path(session): Path<SessionId>,
) -> Result<StatusCode, IdentityError> {
    let ended = match permit.caller() {
        Caller::Operator(me) => {
            let mut tx = permit.begin_operator(me).await?;
            let ended = store::session::end_of_operator(&mut tx, me.id, session).await?;
            tx.commit().await?;
            ended
        }
        Caller::Member(me) => {
            let mut tx = permit.begin_member(me).await?;
            let ended = store::session::end_of_member(&mut tx, me.id, session).await?;
            tx.commit().await?;
            ended
        }
    };
    if ended { Ok(StatusCode::NO_CONTENT) } else { Err(IdentityError::NotFound("session")) }
}
