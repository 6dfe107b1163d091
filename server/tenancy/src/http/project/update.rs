//! `PATCH /api/v1/tenants/{tenant_id}/projects/{project_id}`

use access::{TenantPermit, grants::UpdateProject};
use axum::extract::State;
use shared::{ProjectId, TenantId};
use shared_api::tenancy::{Project, ProjectChange};
use web::{Json, Path, ProblemBody};

use crate::{Tenancy, TenancyError, people, residency, store};

/// Renames a project, moves it to a team, changes its cost centre, or takes it out of the archive; as an administrator also
/// changes its data class, its regions and whether its responses are stored.
///
/// Usage keeps the team and cost centre that it was recorded with.
#[utoipa::path(
    patch,
    path = "/api/v1/tenants/{tenant_id}/projects/{project_id}",
    tag = "projects",
    params(("tenant_id" = TenantId, Path), ("project_id" = ProjectId, Path)),
    request_body = ProjectChange,
    responses(
        (status = 200, body = Project),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "The name is taken.", body = ProblemBody),
    )
)]
pub async fn update_project(
    State(tenancy): State<Tenancy>,
    permit: TenantPermit<UpdateProject>,
    path: Path<(TenantId, ProjectId)>,
    Json(change): Json<ProjectChange>,
) -> Result<Json<Project>, TenancyError> {
    let Path((_, id)) = path;
    if change.archived == Some(true) {
        return Err(TenancyError::ArchivedByChange);
    }
    let governed =
        change.data_class.is_some() || change.store_responses.is_some() || change.residency.is_some();
    if governed && !people::administers(permit.caller()) {
        return Err(TenancyError::AdministratorsOnly);
    }
    let mut tx = permit.begin().await?;
    if let Some(Some(regions)) = &change.residency {
        let tenants = store::tenant::residency(&mut tx).await?;
        residency::check_within(regions, tenants.as_deref())?;
    }
    if change.store_responses == Some(true) {
        // What is stored is sealed with the tenant's own key.
        access::tenant_data_key(&mut tx, tenancy.key_encryption_key(), permit.now()).await?;
    }
    let project = store::project::update(&mut tx, id, &change).await?;
    let project = project.ok_or(TenancyError::NotFound("project"))?;
    tx.commit().await?;
    Ok(Json(project))
}
