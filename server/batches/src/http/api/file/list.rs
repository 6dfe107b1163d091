//! `GET /api/v1/tenants/{tenant_id}/files`

use access::{TenantPermit, grants::ReadFile};
use serde::{Deserialize, de::IgnoredAny};
use shared::{Page, ProjectId, TenantId};
use shared_api::batches::StoredFile;
use web::{Json, Paging, ProblemBody, Query};

use super::shown;
use crate::{error::OnApi, purpose, store};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only this project's.
    project_id: Option<ProjectId>,
    /// Only those for this purpose.
    purpose: Option<String>,
    #[serde(rename = "limit")]
    #[param(ignore)]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "after")]
    #[param(ignore)]
    _after: Option<IgnoredAny>,
}

/// A tenant's files, the newest first.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/files",
    tag = "files",
    params(("tenant_id" = TenantId, Path), Filter, Paging),
    responses((status = 200, body = Page<StoredFile>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn list_files(
    permit: TenantPermit<ReadFile>,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Json<Page<StoredFile>>, OnApi> {
    let filter = store::file::Filter {
        project: filter.project_id,
        purpose: filter.purpose.as_deref().map(purpose::of_any).transpose()?,
        after: paging.after_id()?,
        ascending: false,
        rows: paging.rows(),
    };
    let mut tx = permit.begin().await?;
    let files = store::file::list(&mut tx, &filter, permit.now()).await?;
    let files = files.iter().map(shown).collect();
    Ok(Json(Page::from_rows(files, paging.limit as usize, |file| file.id.to_string())))
}
