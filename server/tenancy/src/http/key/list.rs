//! `GET /api/v1/tenants/{tenant_id}/keys`

use access::{TenantPermit, grants::ReadApiKey};
use serde::{Deserialize, de::IgnoredAny};
use shared::{Page, ProjectId, TenantId};
use shared_api::tenancy::{ApiKey, ApiKeyStatus};
use web::{Json, Paging, ProblemBody, Query};

use crate::{TenancyError, store};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Only this project's.
    project_id: Option<ProjectId>,
    /// Only those that stand so. Absent: all.
    status: Option<ApiKeyStatus>,
    #[serde(rename = "limit")]
    #[param(ignore)]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "after")]
    #[param(ignore)]
    _after: Option<IgnoredAny>,
}

/// A tenant's API keys, newest first, without their secrets.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/keys",
    tag = "keys",
    params(("tenant_id" = TenantId, Path), Filter, Paging),
    responses((status = 200, body = Page<ApiKey>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn list_keys(
    permit: TenantPermit<ReadApiKey>,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Json<Page<ApiKey>>, TenancyError> {
    let filter = store::api_key::Filter {
        project: filter.project_id,
        status: filter.status,
        after: paging.after_id()?,
        rows: paging.rows(),
    };
    let mut tx = permit.begin().await?;
    let keys = store::api_key::list(&mut tx, &filter, permit.now()).await?;
    Ok(Json(Page::from_rows(keys, paging.limit as usize, |key| key.id.to_string())))
}
