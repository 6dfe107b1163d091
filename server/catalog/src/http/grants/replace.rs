use access::{OperatorPermit, Refusal, grants::CreateModelGrant};
use http::StatusCode;
use shared::TenantId;
use shared_api::catalog::GrantModels;
use web::{Json, Path, Problem};

use crate::store;

/// Says which models a tenant may use from now on.
#[utoipa::path(
    put, path = "/api/v1/tenants/{tenant_id}/models", tag = "models", operation_id = "replace_tenant_models",
    request_body = GrantModels, params(("tenant_id" = TenantId, Path)),
    responses((status = 204), (status = 400, description = "There is no such model"), (status = 404))
)]
pub async fn replace(
    permit: OperatorPermit<CreateModelGrant>,
    Path(tenant): Path<TenantId>,
    Json(GrantModels { models }): Json<GrantModels>,
) -> Result<StatusCode, Refusal> {
    let mut tx = permit.begin().await?;
    if !store::pool::tenant_exists(&mut tx, tenant).await? {
        return Err(Problem::not_found("tenant").into());
    }
    let mut ids = Vec::with_capacity(models.len());
    for (position, name) in models.iter().enumerate() {
        let found = store::model::id_by_name(&mut tx, name).await?;
        ids.push(found.ok_or_else(|| {
            Problem::field(format!("models[{position}]"), format!("there is no model `{name}`"))
        })?);
    }
    store::grant::replace(&mut tx, tenant, &ids, permit.now()).await?;
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
