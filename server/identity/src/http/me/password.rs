//! `POST /api/v1/me/password`

use access::{Caller, Credential, SelfPermit, grants::UpdateMember};
use axum::extract::State;
use http::StatusCode;
use shared_api::identity::PasswordChange;
use web::{Json, Problem, ProblemBody};

use crate::{Identity, IdentityError, check_password, limits, store};

/// Changes one's own password and ends every other session of one's own.
///
/// Tokens stay valid.
#[utoipa::path(
    post,
    path = "/api/v1/me/password",
    tag = "me",
    request_body = PasswordChange,
    responses(
        (status = 204, description = "Changed."),
        (status = 400, description = "The present password is wrong, or the new one not acceptable.", body = ProblemBody),
        (status = 401, description = "Not signed in.", body = ProblemBody),
        (status = 429, description = "Too many attempts.", body = ProblemBody),
    )
)]
pub async fn change_password(
    State(identity): State<Identity>,
    permit: SelfPermit<UpdateMember>,
    Json(change): Json<PasswordChange>,
) -> Result<StatusCode, IdentityError> {
    let caller = permit.caller();
    limits::present_password(&identity.access, &caller.actor()).await?;
    check_password(change.new.expose(), &[caller.email()])
        .map_err(|refusal| Problem::field("new", refusal.to_string()))?;
    let present = present_hash(&permit).await?;
    if !identity.passwords.verify(change.current.expose(), present.as_deref()).await? {
        return Err(IdentityError::WrongPassword);
    }
    let hash = identity.passwords.hash(change.new.expose()).await?;
    replace(&permit, &hash).await?;
    Ok(StatusCode::NO_CONTENT)
}

async fn present_hash(permit: &SelfPermit<UpdateMember>) -> Result<Option<String>, IdentityError> {
    match permit.caller() {
        Caller::Operator(me) => {
            store::operator::password_hash(&mut permit.begin_operator(me).await?, me.id).await
        }
        Caller::Member(me) => store::member::password_hash(&mut permit.begin_member(me).await?, me.id).await,
    }
}

async fn replace(permit: &SelfPermit<UpdateMember>, hash: &str) -> Result<(), IdentityError> {
    let kept = match permit.caller().credential() {
        Credential::Session(id) => Some(id),
        _ => None,
    };
    match permit.caller() {
        Caller::Operator(me) => {
            let mut tx = permit.begin_operator(me).await?;
            store::operator::set_password(&mut tx, me.id, hash).await?;
            store::session::end_all_of_operator(&mut tx, me.id, kept).await?;
            Ok(tx.commit().await?)
        }
        Caller::Member(me) => {
            let mut tx = permit.begin_member(me).await?;
            store::member::set_password(&mut tx, me.id, hash).await?;
            store::session::end_all_of_member(&mut tx, me.id, kept).await?;
            Ok(tx.commit().await?)
        }
    }
}
