use access::{OperatorPermit, Refusal, grants::ReadDeployment};
use axum::extract::State;
use shared::DeploymentId;
use shared_api::catalog::Deployment;
use web::{Json, Path, Problem};

use crate::{CatalogState, health, store};

/// One deployment with its health.
#[utoipa::path(
    get, path = "/api/v1/deployments/{deployment_id}", tag = "deployments", operation_id = "get_deployment",
    params(("deployment_id" = DeploymentId, Path)), responses((status = 200, body = Deployment), (status = 404))
)]
pub async fn get(
    State(state): State<CatalogState>,
    permit: OperatorPermit<ReadDeployment>,
    Path(id): Path<DeploymentId>,
) -> Result<Json<Deployment>, Refusal> {
    let mut tx = permit.begin().await?;
    let found = store::deployment::get(&mut tx, id).await?;
    tx.commit().await?;
    let mut found = found.ok_or_else(|| Problem::not_found("deployment"))?;
    found.health = health::of(&health::all(&*state.kv).await, id);
    Ok(Json(found))
}
