//! `POST /api/v1/tenants/{tenant_id}/projects`

use access::{TenantPermit, grants::CreateProject};
use http::StatusCode;
use shared::TenantId;
use shared_api::tenancy::{NewProject, Project};
use web::{Json, ProblemBody};

use crate::{TenancyError, store};

/// Makes a project.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant_id}/projects",
    tag = "projects",
    params(("tenant_id" = TenantId, Path)),
    request_body = NewProject,
    responses(
        (status = 201, body = Project),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "The name is taken.", body = ProblemBody),
    )
)]
pub async fn create_project(
    permit: TenantPermit<CreateProject>,
    Json(new): Json<NewProject>,
) -> Result<(StatusCode, Json<Project>), TenancyError> {
    let mut tx = permit.begin().await?;
    let project = store::project::insert(&mut tx, &new, permit.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(project)))
}
