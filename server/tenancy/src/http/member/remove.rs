//! `DELETE /api/v1/tenants/{tenant_id}/members/{member_id}`

use access::{TenantPermit, grants::DeleteMember};
use http::StatusCode;
use shared::{MemberId, TenantId};
use web::{Path, ProblemBody};

use crate::{TenancyError, people, store};

/// Removes a person from the tenant, with their sessions and tokens. API keys belong to projects and stay.
#[utoipa::path(
    delete,
    path = "/api/v1/tenants/{tenant_id}/members/{member_id}",
    tag = "members",
    params(("tenant_id" = TenantId, Path), ("member_id" = MemberId, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "The last owner.", body = ProblemBody),
    )
)]
pub async fn remove_member(
    permit: TenantPermit<DeleteMember>,
    path: Path<(TenantId, MemberId)>,
) -> Result<StatusCode, TenancyError> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    let owners = store::member::hold_owners(&mut tx).await?;
    let member = store::member::get(&mut tx, id).await?.ok_or(TenancyError::NotFound("member"))?;
    people::check_removal(people::acting(permit.caller()), &member, owners)?;
    store::member::delete(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
