//! `GET /api/v1/tenants/{tenant_id}`

use access::{TenantPermit, grants::ReadTenant};
use axum::extract::State;
use shared::TenantId;
use shared_api::tenancy::Tenant;
use web::{Json, ProblemBody};

use crate::{Tenancy, TenancyError, store};

/// One tenant.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}",
    tag = "tenants",
    params(("tenant_id" = TenantId, Path)),
    responses((status = 200, body = Tenant), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn read_tenant(
    State(tenancy): State<Tenancy>,
    permit: TenantPermit<ReadTenant>,
) -> Result<Json<Tenant>, TenancyError> {
    let mut tx = permit.begin().await?;
    Ok(Json(store::tenant::get(&mut tx).await?.shown(&tenancy)))
}
