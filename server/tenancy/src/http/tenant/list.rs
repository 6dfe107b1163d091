//! `GET /api/v1/tenants`

use access::{OperatorPermit, grants::ReadTenantDirectory};
use axum::extract::State;
use serde::{Deserialize, de::IgnoredAny};
use shared::Page;
use shared_api::tenancy::{Tenant, TenantStatus};
use web::{Json, Paging, ProblemBody, Query};

use crate::{Tenancy, TenancyError, store};

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Absent: those that are not deleted.
    status: Option<TenantStatus>,
    #[serde(rename = "limit")]
    #[param(ignore)]
    _limit: Option<IgnoredAny>,
    #[serde(rename = "after")]
    #[param(ignore)]
    _after: Option<IgnoredAny>,
}

/// The tenants, newest first.
#[utoipa::path(
    get,
    path = "/api/v1/tenants",
    tag = "tenants",
    params(Filter, Paging),
    responses((status = 200, body = Page<Tenant>), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn list_tenants(
    State(tenancy): State<Tenancy>,
    permit: OperatorPermit<ReadTenantDirectory>,
    Query(filter): Query<Filter>,
    paging: Paging,
) -> Result<Json<Page<Tenant>>, TenancyError> {
    let mut tx = permit.begin().await?;
    let rows = store::tenant::list(&mut tx, filter.status, paging.after_id()?, paging.rows()).await?;
    let tenants = rows.into_iter().map(|row| row.shown(&tenancy)).collect();
    Ok(Json(Page::from_rows(tenants, paging.limit as usize, |tenant: &Tenant| tenant.id.to_string())))
}
