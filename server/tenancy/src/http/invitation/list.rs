//! `GET /api/v1/tenants/{tenant_id}/invitations`

use access::{TenantPermit, grants::ReadInvitation};
use shared::{Page, TenantId};
use shared_api::tenancy::Invitation;
use web::{Json, Paging, ProblemBody};

use crate::{TenancyError, store};

/// A tenant's invitations, newest first, the closed ones too.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/invitations",
    tag = "invitations",
    params(("tenant_id" = TenantId, Path), Paging),
    responses(
        (status = 200, body = Page<Invitation>),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
    )
)]
pub async fn list_invitations(
    permit: TenantPermit<ReadInvitation>,
    paging: Paging,
) -> Result<Json<Page<Invitation>>, TenancyError> {
    let mut tx = permit.begin().await?;
    let invitations =
        store::invitation::list(&mut tx, paging.after_id()?, paging.rows(), permit.now()).await?;
    Ok(Json(Page::from_rows(invitations, paging.limit as usize, |invitation| invitation.id.to_string())))
}
