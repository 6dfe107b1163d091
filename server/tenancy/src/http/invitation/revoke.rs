//! `DELETE /api/v1/tenants/{tenant_id}/invitations/{invitation_id}`

use access::{TenantPermit, grants::DeleteInvitation};
use http::StatusCode;
use shared::{InvitationId, TenantId};
use web::{Path, ProblemBody};

use crate::{TenancyError, store};

/// Revokes an invitation that was not accepted: its link opens nothing from now on.
#[utoipa::path(
    delete,
    path = "/api/v1/tenants/{tenant_id}/invitations/{invitation_id}",
    tag = "invitations",
    params(("tenant_id" = TenantId, Path), ("invitation_id" = InvitationId, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "Accepted or revoked already.", body = ProblemBody),
    )
)]
pub async fn revoke_invitation(
    permit: TenantPermit<DeleteInvitation>,
    path: Path<(TenantId, InvitationId)>,
) -> Result<StatusCode, TenancyError> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    store::invitation::revoke(&mut tx, id, permit.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
