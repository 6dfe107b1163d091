//! `GET /api/v1/tenants/{tenant_id}/batches`

use access::{TenantPermit, grants::ReadBatch};
use serde::{Deserialize, de::IgnoredAny};
use shared::{Page, ProjectId, TenantId};
use shared_api::batches::BatchRun;
use web::{Json, Paging, ProblemBody, Query};

use super::shown;
use crate::{error::OnApi, store};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only this project's.
    project_id: Option<ProjectId>,
    #[serde(rename = "limit")]
    #[param(ignore)]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "after")]
    #[param(ignore)]
    _after: Option<IgnoredAny>,
}

/// A tenant's batches with their progress, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/batches",
    tag = "batches",
    params(("tenant_id" = TenantId, Path), Filter, Paging),
    responses((status = 200, body = Page<BatchRun>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn list_batches(
    permit: TenantPermit<ReadBatch>,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Json<Page<BatchRun>>, OnApi> {
    let mut tx = permit.begin().await?;
    let rows = store::batch::list(&mut tx, filter.project_id, paging.after_id()?, paging.rows()).await?;
    let batches = rows.iter().map(shown).collect();
    Ok(Json(Page::from_rows(batches, paging.limit as usize, |batch| batch.id.to_string())))
}
