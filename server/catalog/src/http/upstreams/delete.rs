use access::{Refusal, TenantPermit, grants::DeleteUpstream};
use http::StatusCode;
use shared::{DeploymentId, TenantId};
use web::{Path, Problem};

use crate::store;

/// Takes an upstream away, and its key with it.
#[utoipa::path(
    delete, path = "/api/v1/tenants/{tenant_id}/upstreams/{upstream_id}", tag = "upstreams", operation_id = "delete_upstream",
    params(("tenant_id" = TenantId, Path), ("upstream_id" = DeploymentId, Path)), responses((status = 204), (status = 403), (status = 404))
)]
pub async fn delete(
    permit: TenantPermit<DeleteUpstream>,
    path: Path<(TenantId, DeploymentId)>,
) -> Result<StatusCode, Refusal> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    if !store::upstream::delete(&mut tx, id).await? {
        return Err(Problem::not_found("upstream").into());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
