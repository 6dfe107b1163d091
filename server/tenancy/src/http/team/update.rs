//! `PATCH /api/v1/tenants/{tenant_id}/teams/{team_id}`

use access::{TenantPermit, grants::UpdateTeam};
use shared::{TeamId, TenantId};
use shared_api::tenancy::{NewTeam, Team};
use web::{Json, Path, ProblemBody};

use crate::{TenancyError, store};

/// Renames a team.
#[utoipa::path(
    patch,
    path = "/api/v1/tenants/{tenant_id}/teams/{team_id}",
    tag = "teams",
    params(("tenant_id" = TenantId, Path), ("team_id" = TeamId, Path)),
    request_body = NewTeam,
    responses(
        (status = 200, body = Team),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "The name is taken.", body = ProblemBody),
    )
)]
pub async fn update_team(
    permit: TenantPermit<UpdateTeam>,
    path: Path<(TenantId, TeamId)>,
    Json(change): Json<NewTeam>,
) -> Result<Json<Team>, TenancyError> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    let team = store::team::rename(&mut tx, id, &change.name).await?;
    let team = team.ok_or(TenancyError::NotFound("team"))?;
    tx.commit().await?;
    Ok(Json(team))
}
