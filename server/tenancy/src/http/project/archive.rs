//! `DELETE /api/v1/tenants/{tenant_id}/projects/{project_id}`

use access::{TenantPermit, grants::DeleteProject};
use http::StatusCode;
use shared::{ProjectId, TenantId};
use web::{Path, ProblemBody};

use crate::{TenancyError, store};

/// Archives a project that has no working keys. Its usage stays; `PATCH {"archived": false}` takes it out again.
#[utoipa::path(
    delete,
    path = "/api/v1/tenants/{tenant_id}/projects/{project_id}",
    tag = "projects",
    params(("tenant_id" = TenantId, Path), ("project_id" = ProjectId, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "Keys of it still work.", body = ProblemBody),
    )
)]
pub async fn archive_project(
    permit: TenantPermit<DeleteProject>,
    path: Path<(TenantId, ProjectId)>,
) -> Result<StatusCode, TenancyError> {
    let Path((_, id)) = path;
    let now = permit.now();
    let mut tx = permit.begin().await?;
    store::project::hold(&mut tx, id).await?.ok_or(TenancyError::NotFound("project"))?;
    match store::project::hold_working_keys(&mut tx, id, now).await? {
        0 => store::project::archive(&mut tx, id, now).await?,
        keys => return Err(TenancyError::KeysInUse(keys)),
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
