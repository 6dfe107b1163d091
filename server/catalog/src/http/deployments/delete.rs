use access::{OperatorPermit, Refusal, grants::DeleteDeployment};
use http::StatusCode;
use shared::DeploymentId;
use web::{Path, Problem};

use crate::store;

/// Takes a deployment away. Calls that it is working on are finished; new ones go elsewhere.
#[utoipa::path(
    delete, path = "/api/v1/deployments/{deployment_id}", tag = "deployments", operation_id = "delete_deployment",
    params(("deployment_id" = DeploymentId, Path)), responses((status = 204), (status = 404))
)]
pub async fn delete(
    permit: OperatorPermit<DeleteDeployment>,
    Path(id): Path<DeploymentId>,
) -> Result<StatusCode, Refusal> {
    let mut tx = permit.begin().await?;
    if !store::deployment::delete(&mut tx, id, permit.now()).await? {
        return Err(Problem::not_found("deployment").into());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
