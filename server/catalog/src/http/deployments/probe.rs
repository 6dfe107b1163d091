use access::{OperatorPermit, Refusal, database_problem, grants::UpdateDeployment};
use axum::extract::State;
use secrets::Purpose;
use shared::{DeploymentId, ErrorCode};
use shared_api::catalog::EngineAnswer;
use web::{Json, Path, Problem};

use crate::{CatalogState, operator_key, store};

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
    let found = store::deployment::get(&mut tx, id).await?.ok_or_else(|| Problem::not_found("deployment"))?;
    let sealed = store::deployment::credential(&mut tx, id).await?;
    let wrapped = store::operator_key::load(&mut tx).await?;
    tx.commit().await.map_err(|error| database_problem(&error))?;
    let credential = sealed.zip(wrapped).map(|(sealed, wrapped)| {
        let key = state.key_encryption_key.unwrap_data_key(operator_key::OWNER, &wrapped)?;
        key.open(Purpose::EngineCredential, &sealed)
    });
    let credential = credential.transpose().map_err(|error| Problem::internal(&error))?;
    let credential = credential.as_ref().and_then(|bytes| std::str::from_utf8(bytes).ok());
    let engine =
        found.engine.parse().map_err(|error: snapshot::ParseEngineKindError| Problem::internal(&error))?;
    let base_url = found.base_url.parse().map_err(|_| Problem::not_found("deployment"))?;
    let answer = state.probe.probe(engine, &base_url, credential).await.map_err(|refusal| {
        Problem::new(ErrorCode::EngineUnavailable, format!("The engine does not answer: {refusal}"))
    })?;
    let models = answer.models.into_iter().map(|model| model.name).collect();
    Ok(Json(EngineAnswer { models, version: answer.version }))
}
