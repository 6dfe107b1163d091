use access::{Caller, Refusal, TenantPermit, grants::DeletePlaygroundShare};
use http::StatusCode;
use shared::{ErrorCode, MemberId, PlaygroundShareId, Role, TenantId};
use web::{Path, Problem};

use crate::store;

/// Ends a share: by who made it, or by an administrator.
#[utoipa::path(
    delete, path = "/api/v1/tenants/{tenant_id}/playground/shares/{share_id}", tag = "playground", operation_id = "delete_playground_share",
    params(("tenant_id" = TenantId, Path), ("share_id" = PlaygroundShareId, Path)), responses((status = 204), (status = 403), (status = 404))
)]
pub async fn delete(
    permit: TenantPermit<DeletePlaygroundShare>,
    path: Path<(TenantId, PlaygroundShareId)>,
) -> Result<StatusCode, Refusal> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    let sharer = store::playground::sharer(&mut tx, id).await?.ok_or_else(|| Problem::not_found("share"))?;
    if !may_end(permit.caller(), sharer) {
        let detail = "Only who shared it or an administrator ends a share.";
        return Err(Problem::new(ErrorCode::Forbidden, detail).into());
    }
    store::playground::delete_share(&mut tx, id).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

fn may_end(caller: &Caller, sharer: MemberId) -> bool {
    match caller {
        Caller::Operator(_) => false,
        Caller::Member(member) => member.id == sharer || matches!(member.role, Role::Owner | Role::Admin),
    }
}
