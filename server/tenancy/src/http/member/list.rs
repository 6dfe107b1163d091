//! `GET /api/v1/tenants/{tenant_id}/members`

use access::{TenantPermit, grants::ReadMember};
use shared::{Page, TenantId};
use shared_api::tenancy::Member;
use web::{Json, Paging, ProblemBody};

use crate::{TenancyError, store};

/// A tenant's people, in the order of their joining.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/members",
    tag = "members",
    params(("tenant_id" = TenantId, Path), Paging),
    responses((status = 200, body = Page<Member>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn list_members(
    permit: TenantPermit<ReadMember>,
    paging: Paging,
) -> Result<Json<Page<Member>>, TenancyError> {
    let mut tx = permit.begin().await?;
    let members = store::member::list(&mut tx, paging.after_id()?, paging.rows()).await?;
    Ok(Json(Page::from_rows(members, paging.limit as usize, |member| member.id.to_string())))
}
