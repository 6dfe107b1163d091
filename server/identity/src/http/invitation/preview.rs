//! `POST /api/v1/invitations/preview`

use access::Entry;
use axum::extract::State;
use secrets::{Token, TokenKind};
use shared::{InvitationId, TenantId};
use shared_api::identity::{InvitationPreview, InvitationToken, SecretText};
use web::{Json, ProblemBody};

use crate::{ClientAddress, Identity, IdentityError, limits, store};

/// What an invitation invites to. Changes nothing.
#[utoipa::path(
    post,
    path = "/api/v1/invitations/preview",
    tag = "invitations",
    request_body = InvitationToken,
    security(()),
    responses(
        (status = 200, description = "The invitation.", body = InvitationPreview),
        (status = 404, description = "Used, revoked, expired or never made.", body = ProblemBody),
        (status = 429, description = "Too many attempts.", body = ProblemBody),
    )
)]
pub async fn preview_invitation(
    State(identity): State<Identity>,
    entry: Entry,
    address: ClientAddress,
    Json(sent): Json<InvitationToken>,
) -> Result<Json<InvitationPreview>, IdentityError> {
    limits::from_address(&entry, address).await?;
    let (tenant_id, id) = find(&identity, &entry, &sent.token).await?;
    let mut tx = entry.tenant(tenant_id).await?;
    let tenant = store::member::tenant(&mut tx).await?.ok_or(IdentityError::NoInvitation)?;
    let open = store::invitation::open(&mut tx, id, identity.access.clock().now()).await?;
    let open = open.ok_or(IdentityError::NoInvitation)?;
    Ok(Json(InvitationPreview {
        tenant_slug: tenant.slug,
        tenant_name: tenant.name,
        role: open.role(),
        email: open.email,
        expires_at: open.expires_at,
    }))
}

/// Which invitation a link's token names, open or not.
pub async fn find(
    identity: &Identity,
    entry: &Entry,
    token: &SecretText,
) -> Result<(TenantId, InvitationId), IdentityError> {
    let token =
        Token::parse(token.expose().trim()).ok().filter(|token| token.kind() == TokenKind::Invitation);
    let hash = token.ok_or(IdentityError::NoInvitation)?.hash(identity.access.pepper());
    entry.invitation(&hash).await?.ok_or(IdentityError::NoInvitation)
}
