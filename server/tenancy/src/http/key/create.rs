//! `POST /api/v1/tenants/{tenant_id}/keys`

use access::{TenantPermit, grants::CreateApiKey};
use axum::extract::State;
use secrets::{Token, TokenKind};
use shared::TenantId;
use shared_api::tenancy::{CreatedApiKey, NewApiKey};
use web::{Json, ProblemBody, Shown};

use crate::{
    Tenancy, TenancyError,
    api_key::{check_allowed_models, check_expiry, check_scopes},
    store,
};

/// Makes an API key of a project. Its secret (`sy_live_…`) is shown once, and works within a second.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant_id}/keys",
    tag = "keys",
    params(("tenant_id" = TenantId, Path)),
    request_body = NewApiKey,
    responses(
        (status = 201, body = CreatedApiKey),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "The name is taken, or the project is archived.", body = ProblemBody),
    )
)]
pub async fn create_key(
    State(tenancy): State<Tenancy>,
    permit: TenantPermit<CreateApiKey>,
    Json(mut new): Json<NewApiKey>,
) -> Result<Shown<CreatedApiKey, CreatedApiKey>, TenancyError> {
    let now = permit.now();
    check_expiry(new.expires_at, now)?;
    check_scopes(&new.scopes)?;
    new.scopes.dedup();
    let mut tx = permit.begin().await?;
    check_allowed_models(new.allowed_models.as_deref(), &store::model::granted(&mut tx).await?)?;
    let archived =
        store::project::hold(&mut tx, new.project_id).await?.ok_or(TenancyError::UnknownProject)?;
    if archived {
        return Err(TenancyError::ProjectArchived);
    }
    let token = Token::generate(TokenKind::ApiKey, &mut rand::rng());
    let secret = store::api_key::Secret {
        hash: token.hash(tenancy.access().pepper()),
        display_prefix: token.display_prefix(),
        last_four: token.last_four(),
    };
    let id = store::api_key::insert(&mut tx, &new, permit.caller().email(), &secret, now).await?;
    let key = store::api_key::get(&mut tx, id, now).await?.ok_or(TenancyError::NotFound("key"))?;
    tx.commit().await?;
    Ok(Shown {
        with_secret: CreatedApiKey { key: key.clone(), secret: Some(token.reveal().to_owned()) },
        without: CreatedApiKey { key, secret: None },
    })
}
