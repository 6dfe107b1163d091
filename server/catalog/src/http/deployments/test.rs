use access::{OperatorPermit, Refusal, grants::UpdateDeployment};
use axum::extract::State;
use shared::DeploymentId;
use shared_api::{
    catalog::ModelKind,
    engines::{DeploymentTest, TestOutcome},
};
use web::{Json, Path, Problem};

use super::addressed::addressed;
use crate::{
    CatalogState,
    probe::{Trial, Tried},
    store,
};

/// Makes one small call through a deployment, past routing and metering, and tells what came of it.
///
/// A call that fails is an answer too: `outcome` says so, `error` is the code that calls would get.
#[utoipa::path(
    post, path = "/api/v1/deployments/{deployment_id}/test", tag = "deployments", operation_id = "test_deployment",
    params(("deployment_id" = DeploymentId, Path)), responses((status = 200, body = DeploymentTest), (status = 404))
)]
pub async fn test(
    State(state): State<CatalogState>,
    permit: OperatorPermit<UpdateDeployment>,
    Path(id): Path<DeploymentId>,
) -> Result<Json<DeploymentTest>, Refusal> {
    let mut tx = permit.begin().await?;
    let found = addressed(&mut tx, &state, id).await?;
    let model = store::model::get(&mut tx, found.deployment.model_id, permit.now()).await?;
    tx.commit().await?;
    let model = model.ok_or_else(|| Problem::not_found("model"))?;
    let trial = Trial {
        engine: found.engine,
        base_url: &found.base_url,
        credential: found.credential(),
        upstream_model: &found.deployment.upstream_model,
        kind: asked(model.kind),
        context_length: found.deployment.context_length.or(Some(model.context_length)),
    };
    Ok(Json(shown(state.asks(found.deployment.external).try_out(trial).await)))
}

const fn asked(kind: ModelKind) -> snapshot::ModelKind {
    match kind {
        ModelKind::Chat => snapshot::ModelKind::Chat,
        ModelKind::Embedding => snapshot::ModelKind::Embedding,
        ModelKind::Rerank => snapshot::ModelKind::Rerank,
        ModelKind::Moderation => snapshot::ModelKind::Moderation,
    }
}

fn shown(tried: Tried) -> DeploymentTest {
    let outcome = if tried.error.is_none() { TestOutcome::Answered } else { TestOutcome::Failed };
    let (error, message) = tried.error.unzip();
    DeploymentTest {
        outcome,
        operation: tried.operation.as_str().to_owned(),
        first_token_ms: tried.first_token_ms,
        total_ms: tried.total_ms,
        prompt_tokens: tried.prompt_tokens,
        completion_tokens: tried.completion_tokens,
        text: tried.text,
        error: error.map(|code| code.code().to_owned()),
        message,
    }
}
