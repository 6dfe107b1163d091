//! `GET /api/v1/me/tokens`

use access::{Caller, SelfPermit, grants::ReadAccessToken};
use shared::Page;
use shared_api::identity::PersonalToken;
use web::{Json, Paging, ProblemBody};

use crate::{IdentityError, store};

/// One's own tokens that were not revoked, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/me/tokens",
    tag = "me",
    params(Paging),
    responses(
        (status = 200, description = "One's tokens.", body = Page<PersonalToken>),
        (status = 401, description = "Not signed in.", body = ProblemBody),
    )
)]
pub async fn list_my_tokens(
    permit: SelfPermit<ReadAccessToken>,
    paging: Paging,
) -> Result<Json<Page<PersonalToken>>, IdentityError> {
    let tokens = match permit.caller() {
        Caller::Operator(me) => {
            let mut tx = permit.begin_operator(me).await?;
            store::token::of_operator(&mut tx, me.id, paging.after_id()?, paging.rows()).await?
        }
        Caller::Member(me) => {
            let mut tx = permit.begin_member(me).await?;
            store::token::of_member(&mut tx, me.id, paging.after_id()?, paging.rows()).await?
        }
    };
    Ok(Json(Page::from_rows(tokens, paging.limit as usize, |token| token.id.to_string())))
}
