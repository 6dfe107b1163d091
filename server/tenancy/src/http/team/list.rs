//! `GET /api/v1/tenants/{tenant_id}/teams`

use access::{TenantPermit, grants::ReadTeam};
use shared::{Page, TenantId};
use shared_api::tenancy::Team;
use web::{Json, Paging, ProblemBody};

use crate::{TenancyError, store};

/// A tenant's teams, in the order of their making.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/teams",
    tag = "teams",
    params(("tenant_id" = TenantId, Path), Paging),
    responses((status = 200, body = Page<Team>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn list_teams(
    permit: TenantPermit<ReadTeam>,
    paging: Paging,
) -> Result<Json<Page<Team>>, TenancyError> {
    let mut tx = permit.begin().await?;
    let teams = store::team::list(&mut tx, paging.after_id()?, paging.rows()).await?;
    Ok(Json(Page::from_rows(teams, paging.limit as usize, |team| team.id.to_string())))
}
