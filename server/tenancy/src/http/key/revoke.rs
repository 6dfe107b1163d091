//! `DELETE /api/v1/tenants/{tenant_id}/keys/{key_id}`

use access::{TenantPermit, grants::DeleteApiKey};
use axum::extract::State;
use http::StatusCode;
use shared::{ApiKeyId, TenantId};
use web::{Path, ProblemBody};

use crate::{Tenancy, TenancyError, revocation, store};

/// Revokes a key for ever: refused everywhere within a second, its open streams ended.
///
/// The key stays listed, with its usage. Revoking it again changes nothing.
#[utoipa::path(
    delete,
    path = "/api/v1/tenants/{tenant_id}/keys/{key_id}",
    tag = "keys",
    params(("tenant_id" = TenantId, Path), ("key_id" = ApiKeyId, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
    )
)]
pub async fn revoke_key(
    State(tenancy): State<Tenancy>,
    permit: TenantPermit<DeleteApiKey>,
    path: Path<(TenantId, ApiKeyId)>,
) -> Result<StatusCode, TenancyError> {
    let Path((_, id)) = path;
    let now = permit.now();
    let mut tx = permit.begin().await?;
    store::api_key::hold(&mut tx, id, now).await?.ok_or(TenancyError::NotFound("key"))?;
    store::api_key::revoke(&mut tx, id, now).await?;
    tx.commit().await?;
    revocation::announce(tenancy.kv(), &[id]).await;
    Ok(StatusCode::NO_CONTENT)
}
