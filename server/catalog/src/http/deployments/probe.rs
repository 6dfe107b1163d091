use access::{OperatorPermit, Refusal, grants::UpdateDeployment};
use axum::extract::State;
use shared::{DeploymentId, ErrorCode};
use shared_api::catalog::EngineAnswer;
use web::{Json, Path, Problem};

use super::addressed::addressed;
use crate::CatalogState;

/// Asks a deployment's engine now what it serves.
#[utoipa::path(
    post, path = "/api/v1/deployments/{deployment_id}/probe", tag = "deployments", operation_id = "probe_deployment",
    params(("deployment_id" = DeploymentId, Path)),
    responses((status = 200, body = EngineAnswer), (status = 404), (status = 503, description = "The engine does not answer"))
)]
pub async fn probe(
    State(state): State<CatalogState>,
    permit: OperatorPermit<UpdateDeployment>,
    Path(id): Path<DeploymentId>,
) -> Result<Json<EngineAnswer>, Refusal> {
    let mut tx = permit.begin().await?;
    let found = addressed(&mut tx, &state, id).await?;
    tx.commit().await?;
    let answer = state
        .asks(found.deployment.external)
        .probe(found.engine, &found.base_url, found.credential())
        .await
        .map_err(|refusal| {
            Problem::new(ErrorCode::EngineUnavailable, format!("The engine does not answer: {refusal}"))
        })?;
    let models = answer.models.into_iter().map(|model| model.name).collect();
    Ok(Json(EngineAnswer { models, version: answer.version }))
}
