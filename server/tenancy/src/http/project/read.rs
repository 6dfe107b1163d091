//! `GET /api/v1/tenants/{tenant_id}/projects/{project_id}`

use access::{TenantPermit, grants::ReadProject};
use shared::{ProjectId, TenantId};
use shared_api::tenancy::Project;
use web::{Json, Path, ProblemBody};

use crate::{TenancyError, store};

/// One project.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/projects/{project_id}",
    tag = "projects",
    params(("tenant_id" = TenantId, Path), ("project_id" = ProjectId, Path)),
    responses((status = 200, body = Project), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn read_project(
    permit: TenantPermit<ReadProject>,
    path: Path<(TenantId, ProjectId)>,
) -> Result<Json<Project>, TenancyError> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    let project = store::project::get(&mut tx, id).await?;
    project.map(Json).ok_or(TenancyError::NotFound("project"))
}
