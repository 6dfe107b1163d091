//! `PATCH /api/v1/me`

use access::{Caller, SelfPermit, grants::UpdateMember};
use shared_api::identity::{Me, ProfileChange};
use web::{Json, ProblemBody};

use super::read::of_caller;
use crate::{IdentityError, store};

/// Changes one's own name.
#[utoipa::path(
    patch,
    path = "/api/v1/me",
    tag = "me",
    request_body = ProfileChange,
    responses(
        (status = 200, description = "The caller as changed.", body = Me),
        (status = 400, description = "The name is not acceptable.", body = ProblemBody),
        (status = 401, description = "Not signed in.", body = ProblemBody),
    )
)]
pub async fn update_me(
    permit: SelfPermit<UpdateMember>,
    Json(change): Json<ProfileChange>,
) -> Result<Json<Me>, IdentityError> {
    match permit.caller() {
        Caller::Operator(me) => {
            let mut tx = permit.begin_operator(me).await?;
            store::operator::update(&mut tx, me.id, Some(&change.name), None, permit.now()).await?;
            tx.commit().await?;
        }
        Caller::Member(me) => {
            let mut tx = permit.begin_member(me).await?;
            store::member::rename(&mut tx, me.id, &change.name).await?;
            tx.commit().await?;
        }
    }
    let mut me = of_caller(&permit).await?;
    change.name.as_str().clone_into(&mut me.name);
    Ok(Json(me))
}
