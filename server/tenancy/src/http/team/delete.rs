//! `DELETE /api/v1/tenants/{tenant_id}/teams/{team_id}`

use access::{TenantPermit, grants::DeleteTeam};
use http::StatusCode;
use shared::{TeamId, TenantId};
use web::{Path, ProblemBody};

use crate::{TenancyError, store};

/// Deletes a team that has no projects.
#[utoipa::path(
    delete,
    path = "/api/v1/tenants/{tenant_id}/teams/{team_id}",
    tag = "teams",
    params(("tenant_id" = TenantId, Path), ("team_id" = TeamId, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "Projects belong to it.", body = ProblemBody),
    )
)]
pub async fn delete_team(
    permit: TenantPermit<DeleteTeam>,
    path: Path<(TenantId, TeamId)>,
) -> Result<StatusCode, TenancyError> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    if !store::team::delete(&mut tx, id).await? {
        return Err(TenancyError::NotFound("team"));
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
