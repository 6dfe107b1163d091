//! Rules of models.

use std::collections::HashSet;

use shared::route::TaskFit;
use shared_api::catalog::{CAPABILITIES, CreateModel, ModelKind, UpdateModel};
use snapshot::EngineKind;
use web::Problem;

use crate::probe::ProbedModel;

/// Longest name, and the characters that it may have besides letters and digits.
const MAX_NAME: usize = 128;
const PUNCTUATION: &str = "._:/-";
const MAX_CONTEXT: u32 = 100_000_000;
const INPUTS: [&str; 5] = ["text", "image", "audio", "video", "file"];
const OUTPUTS: [&str; 5] = ["text", "image", "audio", "embeddings", "scores"];
const MAX_PARAMETERS: usize = 64;

pub fn check_name(name: &str) -> Result<(), Problem> {
    let shaped = name.len() <= MAX_NAME
        && name.starts_with(|c: char| c.is_ascii_alphanumeric())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || PUNCTUATION.contains(c));
    if shaped {
        return Ok(());
    }
    let accepted =
        "expected 1 to 128 letters, digits, and `.`, `_`, `:`, `/`, `-`, beginning with a letter or digit";
    Err(Problem::field("name", accepted))
}

pub fn check_tokens(field: &str, tokens: Option<u32>) -> Result<(), Problem> {
    match tokens {
        Some(n) if !(1..=MAX_CONTEXT).contains(&n) => {
            Err(Problem::field(field, format!("{n}: expected a whole number from 1 to {MAX_CONTEXT}")))
        }
        _ => Ok(()),
    }
}

/// Names of a field, each of those accepted and none twice.
fn check_names(field: &str, names: Option<&[String]>, accepted: &[&str]) -> Result<(), Problem> {
    let mut seen = HashSet::new();
    for (at, name) in names.unwrap_or_default().iter().enumerate() {
        let place = || format!("{field}[{at}]");
        if !accepted.contains(&name.as_str()) {
            let message = format!("`{name}`: expected one of `{}`", accepted.join("`, `"));
            return Err(Problem::field(place(), message));
        }
        if !seen.insert(name) {
            return Err(Problem::field(place(), format!("`{name}` is there already")));
        }
    }
    Ok(())
}

fn check_modalities(input: Option<&[String]>, output: Option<&[String]>) -> Result<(), Problem> {
    for (field, names, accepted) in
        [("input_modalities", input, INPUTS), ("output_modalities", output, OUTPUTS)]
    {
        if names.is_some_and(<[String]>::is_empty) {
            return Err(Problem::field(field, "expected at least one"));
        }
        check_names(field, names, &accepted)?;
    }
    Ok(())
}

fn check_parameters(names: Option<&[String]>) -> Result<(), Problem> {
    let names = names.unwrap_or_default();
    let plain = |name: &String| {
        (1..=64).contains(&name.len())
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    if names.len() > MAX_PARAMETERS {
        return Err(Problem::field("supported_parameters", format!("expected at most {MAX_PARAMETERS}")));
    }
    match names.iter().position(|name| !plain(name)) {
        Some(at) => Err(Problem::field(
            format!("supported_parameters[{at}]"),
            "expected a parameter's name, for example `temperature`",
        )),
        None => Ok(()),
    }
}

/// Only chat models do more than their kind says.
fn check_capabilities(kind: Option<ModelKind>, names: Option<&[String]>) -> Result<(), Problem> {
    check_names("capabilities", names, &CAPABILITIES)?;
    match kind {
        Some(kind) if kind != ModelKind::Chat && names.is_some_and(|names| !names.is_empty()) => {
            let message = format!("a model of kind `{}` has none of these: leave it out", kind.as_str());
            Err(Problem::field("capabilities", message))
        }
        _ => Ok(()),
    }
}

fn check_tasks(tasks: &[TaskFit]) -> Result<(), Problem> {
    for (at, TaskFit { task, fit }) in tasks.iter().enumerate() {
        if *fit > 100 {
            let message = format!("{fit}: expected 0 (not at all) to 100");
            return Err(Problem::field(format!("tasks[{at}].fit"), message));
        }
        if tasks[..at].iter().any(|one| one.task == *task) {
            let message = format!("`{}` is there already", task.as_str());
            return Err(Problem::field(format!("tasks[{at}].task"), message));
        }
    }
    Ok(())
}

pub fn check_new(new: &CreateModel) -> Result<(), Problem> {
    check_name(&new.name)?;
    check_tokens("context_length", Some(new.context_length))?;
    check_tokens("max_output_tokens", new.max_output_tokens)?;
    check_modalities(new.input_modalities.as_deref(), new.output_modalities.as_deref())?;
    check_parameters(new.supported_parameters.as_deref())?;
    check_capabilities(Some(new.kind), new.capabilities.as_deref())?;
    check_tasks(&new.tasks)?;
    new.price.as_ref().map_or(Ok(()), crate::price::check_rates)
}

pub fn check_update(update: &UpdateModel) -> Result<(), Problem> {
    check_tokens("context_length", update.context_length)?;
    check_tokens("max_output_tokens", update.max_output_tokens)?;
    check_modalities(update.input_modalities.as_deref(), update.output_modalities.as_deref())?;
    check_parameters(update.supported_parameters.as_deref())?;
    check_tasks(update.tasks.as_deref().unwrap_or_default())?;
    check_capabilities(None, update.capabilities.as_deref())
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// What a model of a kind can where nobody says.
pub fn usual_capabilities(kind: ModelKind) -> Vec<String> {
    match kind {
        ModelKind::Chat => owned(&["tools", "parallel_tools", "json_schema", "logprobs", "completions"]),
        _ => Vec::new(),
    }
}

pub fn usual_inputs(capabilities: &[String]) -> Vec<String> {
    if capabilities.iter().any(|name| name == "vision") {
        owned(&["text", "image"])
    } else {
        owned(&["text"])
    }
}

pub fn usual_outputs(kind: ModelKind) -> Vec<String> {
    owned(match kind {
        ModelKind::Chat => &["text"],
        ModelKind::Embedding => &["embeddings"],
        ModelKind::Rerank | ModelKind::Moderation => &["scores"],
    })
}

/// What every engine that we speak to takes.
pub fn usual_parameters(kind: ModelKind) -> Vec<String> {
    owned(match kind {
        ModelKind::Chat => &[
            "max_tokens",
            "temperature",
            "top_p",
            "stop",
            "seed",
            "stream",
            "tools",
            "tool_choice",
            "response_format",
        ],
        ModelKind::Embedding => &["dimensions", "encoding_format"],
        ModelKind::Rerank => &["top_n", "return_documents"],
        ModelKind::Moderation => &[],
    })
}

/// What a model is for, from what its engine tells and from what the engine is made for.
pub fn found_kind(engine: EngineKind, model: Option<&ProbedModel>) -> ModelKind {
    match model.and_then(|model| model.kind) {
        Some(snapshot::ModelKind::Chat) => ModelKind::Chat,
        Some(snapshot::ModelKind::Embedding) => ModelKind::Embedding,
        Some(snapshot::ModelKind::Rerank) => ModelKind::Rerank,
        Some(snapshot::ModelKind::Moderation) => ModelKind::Moderation,
        None if engine == EngineKind::Tei => ModelKind::Embedding,
        None => ModelKind::Chat,
    }
}

/// What a model can, as found at its engine: what such an engine does, less what it would have told, and what it tells.
pub fn found_capabilities(engine: EngineKind, model: Option<&ProbedModel>, lora: bool) -> Vec<String> {
    if found_kind(engine, model) != ModelKind::Chat {
        return Vec::new();
    }
    let told = model.map(|model| model.capabilities.as_slice()).unwrap_or_default();
    let usual: &[&str] = match engine {
        EngineKind::Ollama => &["tools", "parallel_tools", "json_schema", "completions"],
        EngineKind::Anthropic => &["tools", "parallel_tools", "vision"],
        _ => &["tools", "parallel_tools", "json_schema", "logprobs", "completions"],
    };
    let without_tools = !told.is_empty() && !told.iter().any(|name| name == "tools");
    let mut found: Vec<String> = owned(usual);
    found.retain(|name| !(without_tools && matches!(name.as_str(), "tools" | "parallel_tools")));
    found.extend(lora.then(|| "lora".to_owned()));
    found.extend(told.iter().filter(|name| CAPABILITIES.contains(&name.as_str())).cloned());
    let mut seen = HashSet::new();
    found.retain(|name| seen.insert(name.clone()));
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_that_engines_use() {
        for good in ["llama-3.1-8b", "acme/support-assistant", "qwen2.5:7b"] {
            assert!(check_name(good).is_ok(), "{good}");
        }
        for bad in ["", "-x", "a b", "a\n", "ü"] {
            assert!(check_name(bad).is_err(), "{bad}");
        }
    }

    fn new(kind: ModelKind, capabilities: &[&str]) -> CreateModel {
        CreateModel {
            name: "m".into(),
            context_length: 512,
            kind,
            capabilities: Some(owned(capabilities)),
            ..CreateModel::default()
        }
    }

    #[test]
    fn a_capability_is_one_of_the_list_and_only_a_chat_model_has_any() {
        assert!(check_new(&new(ModelKind::Chat, &["tools", "vision"])).is_ok());
        let refused = check_new(&new(ModelKind::Chat, &["tools", "magic"])).unwrap_err();
        assert_eq!(refused.body().errors[0].field, "capabilities[1]");
        assert!(check_new(&new(ModelKind::Chat, &["tools", "tools"])).is_err());
        assert!(check_new(&new(ModelKind::Embedding, &["tools"])).is_err());
        assert!(check_new(&new(ModelKind::Embedding, &[])).is_ok());
    }

    #[test]
    fn a_model_can_what_its_engine_does_and_tells() {
        let told = |names: &[&str]| ProbedModel { capabilities: owned(names), ..ProbedModel::default() };
        let found = found_capabilities(EngineKind::Vllm, None, true);
        assert!(found.contains(&"tools".to_owned()) && found.contains(&"lora".to_owned()));
        let vision = found_capabilities(EngineKind::Ollama, Some(&told(&["vision"])), false);
        assert_eq!(vision, ["json_schema", "completions", "vision"], "Ollama would have told of tools");
        assert!(found_capabilities(EngineKind::Tei, None, false).is_empty());
    }
}
