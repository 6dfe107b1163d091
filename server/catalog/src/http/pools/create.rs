use access::{OperatorPermit, Refusal, grants::CreatePool as MayCreatePool};
use http::StatusCode;
use shared::ErrorCode;
use shared_api::catalog::{CreatePool, Pool};
use web::{Json, Problem};

use crate::store;

const MAX_NAME: usize = 100;

/// Makes a pool: shared by all tenants, or dedicated to one.
#[utoipa::path(
    post, path = "/api/v1/pools", tag = "pools", operation_id = "create_pool", request_body = CreatePool,
    responses((status = 201, body = Pool), (status = 400), (status = 409, description = "The name is taken"))
)]
pub async fn create(
    permit: OperatorPermit<MayCreatePool>,
    Json(new): Json<CreatePool>,
) -> Result<(StatusCode, Json<Pool>), Refusal> {
    if new.name.trim().is_empty() || new.name.len() > MAX_NAME {
        return Err(Problem::field("name", format!("expected 1 to {MAX_NAME} characters")).into());
    }
    let mut tx = permit.begin().await?;
    if let Some(tenant) = new.dedicated_to
        && !store::pool::tenant_exists(&mut tx, tenant).await?
    {
        return Err(Problem::field("dedicated_to", "there is no such tenant").into());
    }
    let taken = || {
        Problem::new(
            ErrorCode::Conflict,
            format!("There is a pool `{}` already. Choose another name.", new.name),
        )
    };
    let id = store::pool::insert(&mut tx, &new, permit.now()).await?.ok_or_else(taken)?;
    let made = store::pool::list(&mut tx, Some(id), None, 1)
        .await?
        .pop()
        .ok_or_else(|| Problem::not_found("pool"))?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(made)))
}
