//! `PATCH /api/v1/tenants/{tenant_id}`

use access::{TenantPermit, grants::UpdateTenant, policy::Acting};
use axum::extract::State;
use shared::TenantId;
use shared_api::tenancy::{Tenant, TenantChange};
use web::{Json, ProblemBody};

use crate::{Tenancy, TenancyError, onboarding, people::acting, residency, store};

/// Renames a tenant; as an operator also suspends or activates it, or changes its limit or its regions.
///
/// A suspended tenant's calls are refused and its people can only read.
#[utoipa::path(
    patch,
    path = "/api/v1/tenants/{tenant_id}",
    tag = "tenants",
    params(("tenant_id" = TenantId, Path)),
    request_body = TenantChange,
    responses(
        (status = 200, body = Tenant),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
    )
)]
pub async fn update_tenant(
    State(tenancy): State<Tenancy>,
    permit: TenantPermit<UpdateTenant>,
    Json(change): Json<TenantChange>,
) -> Result<Json<Tenant>, TenancyError> {
    let acting = acting(permit.caller());
    onboarding::check_change(acting, &change)?;
    let limit = onboarding::limit(change.max_concurrent_requests.flatten())?;
    residency::check(change.residency.as_ref().and_then(Option::as_deref))?;
    let mut tx = permit.begin().await?;
    match acting {
        Acting::Operator => store::tenant::update(&mut tx, &change, limit, permit.now()).await?,
        Acting::Member(_) => {
            if let Some(name) = &change.name {
                store::tenant::rename(&mut tx, name).await?;
            }
        }
    }
    let tenant = store::tenant::get(&mut tx).await?.shown(&tenancy);
    tx.commit().await?;
    Ok(Json(tenant))
}
