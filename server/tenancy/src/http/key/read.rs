//! `GET /api/v1/tenants/{tenant_id}/keys/{key_id}`

use access::{TenantPermit, grants::ReadApiKey};
use shared::{ApiKeyId, TenantId};
use shared_api::tenancy::ApiKey;
use web::{Json, Path, ProblemBody};

use crate::{TenancyError, store};

/// One API key, without its secret.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/keys/{key_id}",
    tag = "keys",
    params(("tenant_id" = TenantId, Path), ("key_id" = ApiKeyId, Path)),
    responses((status = 200, body = ApiKey), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn read_key(
    permit: TenantPermit<ReadApiKey>,
    path: Path<(TenantId, ApiKeyId)>,
) -> Result<Json<ApiKey>, TenancyError> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    let key = store::api_key::get(&mut tx, id, permit.now()).await?;
    key.map(Json).ok_or(TenancyError::NotFound("key"))
}
