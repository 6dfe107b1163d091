//! `GET /api/v1/me`

use access::{Caller, SelfPermit, grants::ReadSession};
use shared_api::identity::Me;
use web::{Json, ProblemBody};

use crate::{IdentityError, profile, store};

/// Who is signed in, and what that person may do.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    tag = "me",
    responses(
        (status = 200, description = "The caller.", body = Me),
        (status = 401, description = "Not signed in.", body = ProblemBody),
    )
)]
pub async fn read_me(permit: SelfPermit<ReadSession>) -> Result<Json<Me>, IdentityError> {
    of_caller(&permit).await.map(Json)
}

/// The caller's profile as it is now.
pub async fn of_caller<P>(permit: &SelfPermit<P>) -> Result<Me, IdentityError> {
    match permit.caller() {
        Caller::Operator(me) => Ok(profile::operator(me.id, me.email.clone(), me.name.clone())),
        Caller::Member(me) => {
            let mut tx = permit.begin_member(me).await?;
            let tenant = store::member::tenant(&mut tx).await?.ok_or(IdentityError::NotFound("tenant"))?;
            tx.commit().await?;
            Ok(profile::member(me.id, me.email.clone(), me.name.clone(), me.role, tenant))
        }
    }
}
