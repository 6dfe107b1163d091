//! `DELETE /api/v1/tenants/{tenant_id}`

use access::{OperatorPermit, grants::DeleteTenantDirectory};
use axum::extract::State;
use http::StatusCode;
use shared::TenantId;
use web::{Path, ProblemBody};

use crate::{Tenancy, TenancyError, revocation, store};

/// Deletes a tenant: its keys, sessions, tokens and invitations stop at once, its data key is destroyed.
///
/// Usage, invoices and the audit log stay. The slug stays taken.
#[utoipa::path(
    delete,
    path = "/api/v1/tenants/{tenant_id}",
    tag = "tenants",
    params(("tenant_id" = TenantId, Path)),
    responses((status = 204), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn delete_tenant(
    State(tenancy): State<Tenancy>,
    permit: OperatorPermit<DeleteTenantDirectory>,
    Path(id): Path<TenantId>,
) -> Result<StatusCode, TenancyError> {
    let now = permit.now();
    let mut tx = permit.begin().await?;
    if !store::offboarding::mark_deleted(&mut tx, id, now).await? {
        return Err(TenancyError::NotFound("tenant"));
    }
    let keys = store::offboarding::revoke_keys(&mut tx, id, now).await?;
    store::offboarding::sign_everybody_out(&mut tx, id, now).await?;
    store::offboarding::destroy_secrets(&mut tx, id).await?;
    tx.commit().await?;
    revocation::announce(tenancy.kv(), &keys).await;
    Ok(StatusCode::NO_CONTENT)
}
