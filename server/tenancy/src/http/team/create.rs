//! `POST /api/v1/tenants/{tenant_id}/teams`

use access::{TenantPermit, grants::CreateTeam};
use http::StatusCode;
use shared::TenantId;
use shared_api::tenancy::{NewTeam, Team};
use web::{Json, ProblemBody};

use crate::{TenancyError, store};

/// Makes a team.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant_id}/teams",
    tag = "teams",
    params(("tenant_id" = TenantId, Path)),
    request_body = NewTeam,
    responses(
        (status = 201, body = Team),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "The name is taken.", body = ProblemBody),
    )
)]
pub async fn create_team(
    permit: TenantPermit<CreateTeam>,
    Json(new): Json<NewTeam>,
) -> Result<(StatusCode, Json<Team>), TenancyError> {
    let mut tx = permit.begin().await?;
    let team = store::team::insert(&mut tx, &new.name, permit.now()).await?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(team)))
}
