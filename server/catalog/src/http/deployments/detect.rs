use access::{OperatorPermit, Refusal, grants::CreateDeployment};
use axum::extract::State;
use shared_api::engines::{DetectEngine, DetectedEngine, DetectedModel};
use web::{Json, Problem};

use crate::{
    CatalogState, deployment, model,
    probe::{ProbedEngine, ProbedModel},
};

/// Asks what answers at an address: the engine, its version, its models with their context, whether it loads LoRA weights.
#[utoipa::path(
    post, path = "/api/v1/deployments/detect", tag = "deployments", operation_id = "detect_deployment", request_body = DetectEngine,
    responses((status = 200, body = DetectedEngine), (status = 400, description = "The address may not be reached, or nothing known answers there"))
)]
pub async fn detect(
    State(state): State<CatalogState>,
    _: OperatorPermit<CreateDeployment>,
    Json(asked): Json<DetectEngine>,
) -> Result<Json<DetectedEngine>, Refusal> {
    let base_url = deployment::base_url(&asked.base_url, &state.egress)?;
    let found = state
        .probe
        .detect(&base_url, asked.credential.as_deref())
        .await
        .map_err(|refusal| Problem::field("base_url", format!("no engine was found there: {refusal}")))?;
    Ok(Json(shown(found)))
}

fn shown(found: ProbedEngine) -> DetectedEngine {
    let engine = found.engine;
    let model = |one: ProbedModel| DetectedModel {
        kind: model::found_kind(engine, Some(&one)),
        name: one.name,
        context_length: one.context_length,
        parent: one.parent,
        quantization: one.quantization,
    };
    DetectedEngine {
        engine: engine.as_str().to_owned(),
        version: found.version,
        lora: found.lora,
        models: found.models.into_iter().map(model).collect(),
    }
}
