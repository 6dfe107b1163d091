//! `POST /api/v1/sessions`

use access::{
    Entry,
    audit::Chain,
    session::{Who, sign_in as open_session},
};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use shared::TenantId;
use shared_api::identity::{Me, SignIn};
use tower_sessions::Session;
use web::{Json, ProblemBody};

use crate::{ClientAddress, Identity, IdentityError, limits, profile, store};

/// Signs in and sets the session's cookie.
///
/// With `tenant`, as a member of that tenant; without, as an operator.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    tag = "sessions",
    request_body = SignIn,
    security(()),
    responses(
        (status = 201, description = "Signed in.", body = Me),
        (status = 401, description = "Wrong address or password.", body = ProblemBody),
        (status = 429, description = "Too many attempts.", body = ProblemBody),
    )
)]
pub async fn sign_in(
    State(identity): State<Identity>,
    entry: Entry,
    address: ClientAddress,
    session: Session,
    headers: HeaderMap,
    Json(wanted): Json<SignIn>,
) -> Result<(StatusCode, Json<Me>), IdentityError> {
    let tenant = match &wanted.tenant {
        Some(slug) => Some(entry.tenant_by_slug(slug).await?),
        None => None,
    };
    limits::sign_in(&entry, address, tenant.flatten(), &wanted.email).await?;
    let signed_in = match tenant {
        None => operator(&identity, &entry, &wanted).await,
        Some(Some(tenant)) => member(&identity, &entry, tenant, &wanted).await,
        Some(None) => nobody(&identity, &wanted).await,
    };
    if let Err(IdentityError::WrongCredentials) = signed_in {
        tracing::warn!(%address, as_operator = wanted.tenant.is_none(), "sign-in refused");
    }
    let (me, who, chain) = signed_in?;
    let actor = match who {
        Who::Operator { id } => format!("operator:{id}"),
        Who::Member { id, .. } => format!("member:{id}"),
    };
    entry.record(chain, &actor, "session.create", "/api/v1/sessions").await?;
    open_session(&session, who, &headers).await?;
    Ok((StatusCode::CREATED, Json(me)))
}

type SignedIn = (Me, Who, Chain);

async fn operator(identity: &Identity, entry: &Entry, wanted: &SignIn) -> Result<SignedIn, IdentityError> {
    let mut tx = entry.operator().await?;
    let account = store::operator::credentials(&mut tx, &wanted.email).await?;
    // No transaction is held while the hash is made.
    tx.commit().await?;
    let hash = account.as_ref().map(|account| account.password_hash.as_str());
    let verified = identity.passwords.verify(wanted.password.expose(), hash).await?;
    let account = account.filter(|_| verified).ok_or(IdentityError::WrongCredentials)?;
    let id = account.id();
    let mut tx = entry.operator().await?;
    store::operator::note_sign_in(&mut tx, id, identity.access.clock().now()).await?;
    tx.commit().await?;
    Ok((profile::operator(id, account.email, account.name), Who::Operator { id }, Chain::Operator))
}

async fn member(
    identity: &Identity,
    entry: &Entry,
    tenant_id: TenantId,
    wanted: &SignIn,
) -> Result<SignedIn, IdentityError> {
    let mut tx = entry.tenant(tenant_id).await?;
    let tenant = store::member::tenant(&mut tx).await?;
    let account = store::member::credentials(&mut tx, &wanted.email).await?;
    tx.commit().await?;
    let hash = account.as_ref().and_then(|account| account.password_hash.as_deref());
    let verified = identity.passwords.verify(wanted.password.expose(), hash).await?;
    let (account, tenant) =
        account.zip(tenant).filter(|_| verified).ok_or(IdentityError::WrongCredentials)?;
    let (id, role) = (account.id(), account.role());
    let mut tx = entry.tenant(tenant_id).await?;
    store::member::note_sign_in(&mut tx, id, identity.access.clock().now()).await?;
    tx.commit().await?;
    let me = profile::member(id, account.email, account.name, role, tenant);
    Ok((me, Who::Member { tenant_id, id }, Chain::Tenant(tenant_id)))
}

/// A tenant that is not there: as slow as one that is.
async fn nobody(identity: &Identity, wanted: &SignIn) -> Result<SignedIn, IdentityError> {
    identity.passwords.verify(wanted.password.expose(), None).await?;
    Err(IdentityError::WrongCredentials)
}
