//! llama.cpp's health, properties, slots and load.

use serde::Deserialize;
use serde_json::Value;

use super::metrics::{self, Slot};
use crate::{Probe, Target, openai, probe::ProbeError};

#[derive(Deserialize)]
struct Props {
    default_generation_settings: Option<Settings>,
    total_slots: Option<u32>,
    build_info: Option<String>,
    modalities: Option<Modalities>,
    chat_template_caps: Option<Value>,
}

#[derive(Deserialize)]
struct Settings {
    /// Of one slot: what a request may use.
    n_ctx: Option<u32>,
}

#[derive(Deserialize)]
struct Modalities {
    #[serde(default)]
    vision: bool,
}

pub async fn probe(target: &Target<'_>) -> Probe {
    let (health, models, props, slots, metrics) = tokio::join!(
        target.get("/health"),
        openai::models(target),
        target.json::<Props>("/props"),
        target.json::<Vec<Slot>>("/slots"),
        target.text("/metrics"),
    );
    match health {
        Err(ProbeError::Status(status)) if status.as_u16() == 503 => return Probe::loading(),
        Err(error) => return Probe::failed(&error),
        Ok(_) => {}
    }
    let mut probe = Probe::listing(models);
    // It applies LoRAs that it was started with, and loads none.
    probe.lora = Some(false);
    match (metrics, slots) {
        (Ok(text), _) => probe = probe.with_load("llamacpp", &text, metrics::load(&text)),
        (Err(_), Ok(slots)) => probe.load = Some(metrics::busy(&slots)),
        (Err(_), Err(_)) => {}
    }
    if let Ok(props) = props {
        told(&mut probe, props);
    }
    probe
}

fn told(probe: &mut Probe, props: Props) {
    probe.version = props.build_info;
    if let Some(load) = &mut probe.load {
        load.slots = load.slots.or(props.total_slots);
    }
    let context = props.default_generation_settings.and_then(|settings| settings.n_ctx).filter(|n| *n > 0);
    let tools = props.chat_template_caps.as_ref().and_then(|caps| caps.get("supports_tools"));
    for model in &mut probe.models {
        model.max_context = context.or(model.max_context);
        if props.modalities.as_ref().is_some_and(|modalities| modalities.vision) {
            model.capabilities.push("vision");
        }
        if tools.and_then(Value::as_bool) == Some(true) {
            model.capabilities.push("tools");
        }
    }
}

/// `/props` is llama.cpp's. While it loads, its health says so in words of its own.
pub async fn answers(target: &Target<'_>) -> bool {
    let props = target.json::<Value>("/props").await;
    props.is_ok_and(|props| {
        props.get("default_generation_settings").is_some() || props.get("build_info").is_some()
    })
}
