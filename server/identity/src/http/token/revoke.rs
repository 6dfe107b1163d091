//! `DELETE /api/v1/me/tokens/{token_id}`

use access::{Caller, SelfPermit, grants::DeleteAccessToken};
use http::StatusCode;
use web::{Path, ProblemBody};

use crate::{IdentityError, store};

/// Revokes a token of one's own; it opens nothing from now on.
#[utoipa::path(
    delete,
    path = "/api/v1/me/tokens/{token_id}",
    tag = "me",
    params(("token_id" = String, Path, description = "`tok_…` of a member, `optok_…` of an operator.")),
    responses(
        (status = 204, description = "Revoked."),
        (status = 401, description = "Not signed in.", body = ProblemBody),
        (status = 404, description = "No such token of one's own.", body = ProblemBody),
    )
)]
pub async fn revoke_my_token(
    permit: SelfPermit<DeleteAccessToken>,
    Path(token): Path<String>,
) -> Result<StatusCode, IdentityError> {
    let missing = || IdentityError::NotFound("token");
    let now = permit.now();
    let revoked = match permit.caller() {
        Caller::Operator(me) => {
            let token = token.parse().map_err(|_| missing())?;
            let mut tx = permit.begin_operator(me).await?;
            let revoked = store::token::revoke_of_operator(&mut tx, me.id, token, now).await?;
            tx.commit().await?;
            revoked
        }
        Caller::Member(me) => {
            let token = token.parse().map_err(|_| missing())?;
            let mut tx = permit.begin_member(me).await?;
            let revoked = store::token::revoke_of_member(&mut tx, me.id, token, now).await?;
            tx.commit().await?;
            revoked
        }
    };
    if revoked { Ok(StatusCode::NO_CONTENT) } else { Err(missing()) }
}
