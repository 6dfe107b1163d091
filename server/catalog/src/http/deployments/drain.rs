use access::{OperatorPermit, Refusal, grants::UpdateDeployment as MayUpdateDeployment};
use shared::DeploymentId;
use shared_api::catalog::{Deployment, DeploymentState, UpdateDeployment};
use web::{Json, Path, Problem};

use crate::store;

/// Lets a deployment finish what it has and gives it nothing new.
#[utoipa::path(
    post, path = "/api/v1/deployments/{deployment_id}/drain", tag = "deployments", operation_id = "drain_deployment",
    params(("deployment_id" = DeploymentId, Path)), responses((status = 200, body = Deployment), (status = 404))
)]
pub async fn drain(
    permit: OperatorPermit<MayUpdateDeployment>,
    Path(id): Path<DeploymentId>,
) -> Result<Json<Deployment>, Refusal> {
    set(&permit, id, DeploymentState::Draining).await
}

/// Gives a deployment that was drained or disabled calls again.
#[utoipa::path(
    post, path = "/api/v1/deployments/{deployment_id}/resume", tag = "deployments", operation_id = "resume_deployment",
    params(("deployment_id" = DeploymentId, Path)), responses((status = 200, body = Deployment), (status = 404))
)]
pub async fn resume(
    permit: OperatorPermit<MayUpdateDeployment>,
    Path(id): Path<DeploymentId>,
) -> Result<Json<Deployment>, Refusal> {
    set(&permit, id, DeploymentState::Active).await
}

async fn set(
    permit: &OperatorPermit<MayUpdateDeployment>,
    id: DeploymentId,
    state: DeploymentState,
) -> Result<Json<Deployment>, Refusal> {
    let missing = || Problem::not_found("deployment");
    let update = UpdateDeployment { state: Some(state), ..UpdateDeployment::default() };
    let mut tx = permit.begin().await?;
    if !store::deployment::update(&mut tx, id, &update).await? {
        return Err(missing().into());
    }
    let changed = store::deployment::get(&mut tx, id).await?.ok_or_else(missing)?;
    tx.commit().await?;
    Ok(Json(changed))
}
