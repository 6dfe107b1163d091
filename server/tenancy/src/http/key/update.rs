//! `PATCH /api/v1/tenants/{tenant_id}/keys/{key_id}`

use access::{TenantPermit, grants::UpdateApiKey};
use shared::{ApiKeyId, TenantId};
use shared_api::tenancy::{ApiKey, ApiKeyChange, ApiKeyStatus};
use web::{Json, Path, ProblemBody};

use crate::{
    TenancyError,
    api_key::{check_allowed_models, check_expiry},
    store,
};

/// Renames a key, disables or enables it, or changes its models or expiry. A revoked key does not change.
#[utoipa::path(
    patch,
    path = "/api/v1/tenants/{tenant_id}/keys/{key_id}",
    tag = "keys",
    params(("tenant_id" = TenantId, Path), ("key_id" = ApiKeyId, Path)),
    request_body = ApiKeyChange,
    responses(
        (status = 200, body = ApiKey),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "Revoked, the name is taken, or the project is archived.", body = ProblemBody),
    )
)]
pub async fn update_key(
    permit: TenantPermit<UpdateApiKey>,
    path: Path<(TenantId, ApiKeyId)>,
    Json(change): Json<ApiKeyChange>,
) -> Result<Json<ApiKey>, TenancyError> {
    let Path((_, id)) = path;
    let now = permit.now();
    let missing = || TenancyError::NotFound("key");
    check_expiry(change.expires_at.flatten(), now)?;
    let mut tx = permit.begin().await?;
    let key = store::api_key::hold(&mut tx, id, now).await?.ok_or_else(missing)?;
    if key.status == ApiKeyStatus::Revoked {
        return Err(TenancyError::KeyRevoked);
    }
    if let Some(Some(allowed)) = &change.allowed_models {
        check_allowed_models(Some(allowed), &store::model::granted(&mut tx).await?)?;
    }
    store::api_key::update(&mut tx, id, &change, now).await?;
    let changed = store::api_key::get(&mut tx, id, now).await?.ok_or_else(missing)?;
    // Archiving waits for the key that is held here, or was done before it could be held.
    if changed.status == ApiKeyStatus::Active && store::project::archived(&mut tx, key.project_id).await? {
        return Err(TenancyError::ProjectArchived);
    }
    tx.commit().await?;
    Ok(Json(changed))
}
