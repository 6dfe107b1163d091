//! `PATCH /api/v1/tenants/{tenant_id}/members/{member_id}`

use access::{TenantPermit, grants::UpdateMember};
use shared::{MemberId, TenantId};
use shared_api::tenancy::{Member, MemberChange};
use web::{Json, Path, ProblemBody};

use crate::{TenancyError, people, store};

/// Changes a person's role, or disables or enables them.
///
/// A new role holds from the person's next request. Disabling ends their sessions at once; their tokens do nothing until
/// they are enabled again. Only owners touch owners, and the last owner stays.
#[utoipa::path(
    patch,
    path = "/api/v1/tenants/{tenant_id}/members/{member_id}",
    tag = "members",
    params(("tenant_id" = TenantId, Path), ("member_id" = MemberId, Path)),
    request_body = MemberChange,
    responses(
        (status = 200, body = Member),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "The last owner.", body = ProblemBody),
    )
)]
pub async fn update_member(
    permit: TenantPermit<UpdateMember>,
    path: Path<(TenantId, MemberId)>,
    Json(change): Json<MemberChange>,
) -> Result<Json<Member>, TenancyError> {
    let Path((_, id)) = path;
    let missing = || TenancyError::NotFound("member");
    let mut tx = permit.begin().await?;
    let owners = store::member::hold_owners(&mut tx).await?;
    let member = store::member::get(&mut tx, id).await?.ok_or_else(missing)?;
    people::check_change(people::acting(permit.caller()), &member, &change, owners)?;
    let member = store::member::update(&mut tx, id, &change, permit.now()).await?.ok_or_else(missing)?;
    if change.disabled == Some(true) {
        store::member::end_sessions(&mut tx, id).await?;
    }
    tx.commit().await?;
    Ok(Json(member))
}
