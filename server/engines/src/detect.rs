//! What stands behind an address, and what it says of a model: asked when a deployment is registered.

use serde_json::Value;
use snapshot::EngineKind;

use crate::{Probe, ServedModel, Target, anthropic, engine, llamacpp, nim, ollama, openai};

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

/// Each kind is known by a route that no other has; those that speak OpenAI's API besides come first.
async fn kind(target: &Target<'_>) -> Option<EngineKind> {
    let (ollama, nim, info, sglang, llamacpp, models, anthropic) = tokio::join!(
        ollama::answers(target),
        nim::answers(target),
        target.json::<Value>("/info"),
        sglang(target),
        llamacpp::answers(target),
        openai::models(target),
        anthropic::answers(target),
    );
    let known = [
        (ollama, EngineKind::Ollama),
        (nim, EngineKind::Nim),
        (sglang, EngineKind::Sglang),
        (llamacpp, EngineKind::Llamacpp),
    ];
    let hugging_face = info.ok().as_ref().and_then(hugging_face);
    if let Some(kind) = hugging_face.or_else(|| known.iter().find(|(it, _)| *it).map(|(_, kind)| *kind)) {
        return Some(kind);
    }
    let models = match models {
        Ok(models) => models,
        Err(_) if anthropic => return Some(EngineKind::Anthropic),
        Err(_) => return None,
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
fn hugging_face(about: &Value) -> Option<EngineKind> {
    about.get("model_id")?;
    if about.get("model_type").is_some_and(Value::is_object) {
        return Some(EngineKind::Tei);
    }
    let tgi = ["max_input_tokens", "max_input_length", "max_total_tokens", "router"];
    tgi.iter().any(|key| about.get(key).is_some()).then_some(EngineKind::Tgi)
}

async fn sglang(target: &Target<'_>) -> bool {
    let asked = target.json::<Value>("/get_model_info").await;
    asked.is_ok_and(|model| model.get("model_path").is_some())
}
