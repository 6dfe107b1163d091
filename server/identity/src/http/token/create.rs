//! `POST /api/v1/me/tokens`

use access::{Caller, Credential, SelfPermit, grants::CreateAccessToken};
use axum::extract::State;
use secrets::{Token, TokenKind};
use shared_api::identity::{CreatedToken, NewToken, PersonalToken};
use web::{Json, ProblemBody, Shown};

use crate::{Identity, IdentityError, store};

/// Makes a token for `/api/v1` with one's own rights. Its secret is shown once.
///
/// A member gets a personal access token (`sy_pat_…`), an operator an operator token (`sy_op_…`).
#[utoipa::path(
    post,
    path = "/api/v1/me/tokens",
    tag = "me",
    request_body = NewToken,
    responses(
        (status = 201, description = "Made; the secret is in this answer only.", body = CreatedToken),
        (status = 400, description = "A value is not acceptable.", body = ProblemBody),
        (status = 401, description = "Not signed in.", body = ProblemBody),
    )
)]
pub async fn create_my_token(
    State(identity): State<Identity>,
    permit: SelfPermit<CreateAccessToken>,
    Json(new): Json<NewToken>,
) -> Result<Shown<CreatedToken, CreatedToken>, IdentityError> {
    if new.expires_at.is_some_and(|end| end <= permit.now()) {
        return Err(IdentityError::ExpiryInPast);
    }
    let kind = match permit.caller() {
        Caller::Operator(_) => TokenKind::Operator,
        Caller::Member(_) => TokenKind::PersonalAccess,
    };
    let secret = Token::generate(kind, &mut rand::rng());
    let row = store::token::NewRow {
        name: &new.name,
        hash: secret.hash(identity.access.pepper()),
        last_four: secret.last_four(),
        expires_at: new.expires_at,
    };
    let token = insert(&permit, &row).await?;
    Ok(Shown {
        with_secret: CreatedToken { token: token.clone(), secret: Some(secret.reveal().to_owned()) },
        without: CreatedToken { token, secret: None },
    })
}

async fn insert(
    permit: &SelfPermit<CreateAccessToken>,
    row: &store::token::NewRow<'_>,
) -> Result<PersonalToken, IdentityError> {
    let now = permit.now();
    match permit.caller() {
        Caller::Operator(me) => {
            let maker = match me.credential {
                Credential::OperatorToken(id) => Some(id),
                _ => None,
            };
            let mut tx = permit.begin_operator(me).await?;
            let token = store::token::insert_for_operator(&mut tx, me.id, row, maker, now).await?;
            tx.commit().await?;
            Ok(token)
        }
        Caller::Member(me) => {
            let maker = match me.credential {
                Credential::AccessToken(id) => Some(id),
                _ => None,
            };
            let mut tx = permit.begin_member(me).await?;
            let token = store::token::insert_for_member(&mut tx, me.id, row, maker, now).await?;
            tx.commit().await?;
            Ok(token)
        }
    }
}
