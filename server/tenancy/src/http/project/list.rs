//! `GET /api/v1/tenants/{tenant_id}/projects`

use access::{TenantPermit, grants::ReadProject};
use serde::{Deserialize, de::IgnoredAny};
use shared::{Page, TenantId};
use shared_api::tenancy::Project;
use web::{Json, Paging, ProblemBody, Query};

use crate::{TenancyError, store};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only those in the archive, or only those that are not. Absent: all.
    archived: Option<bool>,
    #[serde(rename = "limit")]
    #[param(ignore)]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "after")]
    #[param(ignore)]
    _after: Option<IgnoredAny>,
}

/// A tenant's projects, in the order of their making.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/projects",
    tag = "projects",
    params(("tenant_id" = TenantId, Path), Filter, Paging),
    responses((status = 200, body = Page<Project>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn list_projects(
    permit: TenantPermit<ReadProject>,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Json<Page<Project>>, TenancyError> {
    let mut tx = permit.begin().await?;
    let projects = store::project::list(&mut tx, filter.archived, paging.after_id()?, paging.rows()).await?;
    Ok(Json(Page::from_rows(projects, paging.limit as usize, |project| project.id.to_string())))
}
