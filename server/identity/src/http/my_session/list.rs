//! `GET /api/v1/me/sessions`

use access::{Caller, Credential, SelfPermit, grants::ReadSession};
use shared::Page;
use shared_api::identity::MySession;
use web::{Json, ProblemBody};

use crate::{IdentityError, store};

/// The browsers one is signed in with, newest first. The list is whole.
#[utoipa::path(
    get,
    path = "/api/v1/me/sessions",
    tag = "me",
    responses(
        (status = 200, description = "One's sessions.", body = Page<MySession>),
        (status = 401, description = "Not signed in.", body = ProblemBody),
    )
)]
pub async fn list_my_sessions(
    permit: SelfPermit<ReadSession>,
) -> Result<Json<Page<MySession>>, IdentityError> {
    let current = match permit.caller().credential() {
        Credential::Session(id) => Some(id),
        _ => None,
    };
    let sessions = match permit.caller() {
        Caller::Operator(me) => {
            let mut tx = permit.begin_operator(me).await?;
            store::session::of_operator(&mut tx, me.id, current, permit.now()).await?
        }
        Caller::Member(me) => {
            let mut tx = permit.begin_member(me).await?;
            store::session::of_member(&mut tx, me.id, current, permit.now()).await?
        }
    };
    Ok(Json(Page::whole(sessions)))
}
