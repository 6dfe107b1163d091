//! What stands behind an address, and what it says of a model: asked when a deployment is registered.

use http::StatusCode;
use serde_json::Value;
use snapshot::EngineKind;

use crate::{Probe, ServedModel, Target, anthropic, engine, ollama, openai, probe::ProbeError};

/// What an engine says of a model, however it goes by its name there. None when it does not serve it.
pub async fn describe(kind: EngineKind, target: &Target<'_>, model: &str) -> Option<ServedModel> {
    let found = engine(kind).probe(target).await.models;
    let found = found.into_iter().find(|listed| engine(kind).same_model(&listed.id, model))?;
    Some(if kind == EngineKind::Ollama { ollama::described(target, found).await } else { found })
}

/// The kind of engine behind an address, and what it says of itself. None when nothing there speaks any that is known.
pub async fn detect(target: &Target<'_>) -> Option<(EngineKind, Probe)> {
    let kind = kind(target).await?;
    Some((kind, engine(kind).probe(target).await))
}

/// Each kind is known by a route that no other has; those that speak OpenAI's API besides are asked first.
async fn kind(target: &Target<'_>) -> Option<EngineKind> {
    let (ollama, nim, info, sglang, props, models, anthropic) = tokio::join!(
        ollama::answers(target),
        target.json::<Value>("/v1/metadata"),
        target.json::<Value>("/info"),
        sglang(target),
        props(target),
        openai::models(target),
        anthropic::answers(target),
    );
    if ollama {
        return Some(EngineKind::Ollama);
    }
    if nim.is_ok_and(|metadata| metadata.get("modelInfo").is_some()) {
        return Some(EngineKind::Nim);
    }
    if let Some(kind) = info.ok().as_ref().and_then(hugging_face) {
        return Some(kind);
    }
    if sglang {
        return Some(EngineKind::Sglang);
    }
    if props {
        return Some(EngineKind::Llamacpp);
    }
    let models = match models {
        Ok(models) => models,
        Err(_) => return anthropic.then_some(EngineKind::Anthropic),
    };
    let owner = |name: &str| models.iter().any(|model| model.owned_by.as_deref() == Some(name));
    Some(match () {
        () if owner("vllm") => EngineKind::Vllm,
        () if owner("sglang") => EngineKind::Sglang,
        () if owner("llamacpp") => EngineKind::Llamacpp,
        () if anthropic => EngineKind::Anthropic,
        () => EngineKind::Openai,
    })
}

/// `/info` of TGI and of TEI: the second tells what type of model it has.
fn hugging_face(info: &Value) -> Option<EngineKind> {
    info.get("model_id")?;
    if info.get("model_type").is_some_and(Value::is_object) {
        return Some(EngineKind::Tei);
    }
    let tgi = ["max_input_tokens", "max_input_length", "max_total_tokens", "router"];
    tgi.iter().any(|key| info.get(key).is_some()).then_some(EngineKind::Tgi)
}

async fn sglang(target: &Target<'_>) -> bool {
    let asked = target.json::<Value>("/get_model_info").await;
    asked.is_ok_and(|model| model.get("model_path").is_some())
}

/// `/props` is llama.cpp's; while it loads, its health says so in its own words.
async fn props(target: &Target<'_>) -> bool {
    match target.json::<Value>("/props").await {
        Ok(props) => props.get("default_generation_settings").is_some() || props.get("build_info").is_some(),
        Err(ProbeError::Status(StatusCode::SERVICE_UNAVAILABLE)) => true,
        Err(_) => false,
    }
}
