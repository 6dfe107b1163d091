//! `POST /api/v1/invitations/accept`

use access::{
    Entry,
    audit::Chain,
    session::{Who, sign_in},
};
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use shared::{InvitationId, MemberId};
use shared_api::{
    identity::{AcceptInvitation, EmailAddress, Me},
    tenancy::TenantStatus,
};
use tower_sessions::Session;
use web::{Json, ProblemBody};

use super::preview::find;
use crate::{ClientAddress, Identity, IdentityError, NewMember, check_password, limits, profile, store};

/// Becomes a member of the inviting tenant and signs in. Works once.
#[utoipa::path(
    post,
    path = "/api/v1/invitations/accept",
    tag = "invitations",
    request_body = AcceptInvitation,
    security(()),
    responses(
        (status = 201, description = "A member now, and signed in.", body = Me),
        (status = 400, description = "A value is not acceptable.", body = ProblemBody),
        (status = 404, description = "Used, revoked, expired or never made.", body = ProblemBody),
        (status = 409, description = "There is a member with this address already.", body = ProblemBody),
        (status = 429, description = "Too many attempts.", body = ProblemBody),
    )
)]
pub async fn accept_invitation(
    State(identity): State<Identity>,
    entry: Entry,
    address: ClientAddress,
    session: Session,
    headers: HeaderMap,
    Json(wanted): Json<AcceptInvitation>,
) -> Result<(StatusCode, Json<Me>), IdentityError> {
    limits::from_address(&entry, address).await?;
    let (tenant_id, invitation) = find(&identity, &entry, &wanted.token).await?;
    let mut tx = entry.tenant(tenant_id).await?;
    let open = store::invitation::open(&mut tx, invitation, identity.access.clock().now()).await?;
    let email = open.ok_or(IdentityError::NoInvitation)?.email;
    tx.commit().await?;
    check_password(wanted.password.expose(), &[&email, wanted.name.as_str()])?;
    let hash = identity.passwords.hash(wanted.password.expose()).await?;
    let (id, me) = join(&identity, &entry, tenant_id, invitation, &wanted, &hash).await?;
    let chain = Chain::Tenant(tenant_id);
    entry.record(chain, &format!("member:{id}"), "member.create", "/api/v1/invitations/accept").await?;
    sign_in(&session, Who::Member { tenant_id, id }, &headers).await?;
    Ok((StatusCode::CREATED, Json(me)))
}

/// Takes the invitation and makes the member, both or neither.
async fn join(
    identity: &Identity,
    entry: &Entry,
    tenant_id: shared::TenantId,
    invitation: InvitationId,
    wanted: &AcceptInvitation,
    password_hash: &str,
) -> Result<(MemberId, Me), IdentityError> {
    let now = identity.access.clock().now();
    let mut tx = entry.tenant(tenant_id).await?;
    let tenant = store::member::tenant(&mut tx).await?;
    // A suspended tenant changes nothing, its people included.
    let tenant =
        tenant.filter(|tenant| tenant.status == TenantStatus::Active).ok_or(IdentityError::NoInvitation)?;
    let taken =
        store::invitation::take(&mut tx, invitation, now).await?.ok_or(IdentityError::NoInvitation)?;
    let email: EmailAddress = taken.email.parse().map_err(|_| IdentityError::NoInvitation)?;
    let (id, role) = (MemberId::generate(), taken.role());
    let member = NewMember { email: &email, name: &wanted.name, role, password_hash };
    store::member::insert(&mut tx, id, &member, now).await?;
    store::member::note_sign_in(&mut tx, id, now).await?;
    tx.commit().await?;
    Ok((id, profile::member(id, email.to_string(), wanted.name.to_string(), role, tenant)))
}
