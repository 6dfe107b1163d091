use access::{OperatorPermit, Refusal, grants::UpdateDeployment as MayUpdateDeployment};
use shared::DeploymentId;
use shared_api::catalog::{Deployment, UpdateDeployment};
use web::{Json, Path, Problem};

use crate::{data_class, deployment, store};

/// Drains, disables or brings back a deployment, changes its share, what data it is cleared for, or what it has room for.
#[utoipa::path(
    patch, path = "/api/v1/deployments/{deployment_id}", tag = "deployments", operation_id = "update_deployment",
    request_body = UpdateDeployment, params(("deployment_id" = DeploymentId, Path)),
    responses((status = 200, body = Deployment), (status = 400), (status = 404))
)]
pub async fn update(
    permit: OperatorPermit<MayUpdateDeployment>,
    Path(id): Path<DeploymentId>,
    Json(update): Json<UpdateDeployment>,
) -> Result<Json<Deployment>, Refusal> {
    deployment::check_update(&update)?;
    let mut tx = permit.begin().await?;
    data_class::check_cleared(&mut tx, update.data_classes.as_ref().and_then(Option::as_deref)).await?;
    let missing = || Problem::not_found("deployment");
    if !store::deployment::update(&mut tx, id, &update).await? {
        return Err(missing().into());
    }
    let changed = store::deployment::get(&mut tx, id).await?.ok_or_else(missing)?;
    tx.commit().await?;
    Ok(Json(changed))
}
