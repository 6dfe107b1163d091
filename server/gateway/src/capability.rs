//! What a request asks that its model says it can't do: refused by the field, before any engine is asked.

use shared::ErrorCode;
use shared_chat::ChatRequest;
use snapshot::Model;

use crate::{error::CallError, parsed::Parsed, request::ModelRequest, surface::place_of};

pub(crate) fn check(parsed: &Parsed, model: &Model) -> Result<(), CallError> {
    if !parsed.endpoint().takes(model.kind) {
        let message = format!(
            "The model `{}` does not answer here: it takes calls of {}.",
            model.name,
            place_of(model.kind)
        );
        return Err(CallError::field(ErrorCode::UnsupportedField, "model", message));
    }
    output(parsed, model)?;
    match parsed.request() {
        ModelRequest::Chat(request) => {
            asked(request, model)?;
        }
        ModelRequest::Completion(request) => {
            require(model, "completions", "model", || true)?;
            require(model, "logprobs", "logprobs", || given(&request.rest, "logprobs"))?;
        }
        _ => {}
    }
    modalities(parsed, model)
}

/// Fields of a chat that need a capability. A model that tells none is taken for one that can.
fn asked(request: &ChatRequest, model: &Model) -> Result<(), CallError> {
    let tools = || request.tools.as_ref().is_some_and(|tools| !tools.is_empty());
    let choice = || request.tool_choice.as_ref().is_some_and(|choice| !choice.is_null() && choice != "none");
    require(model, "tools", "tools", tools)?;
    require(model, "tools", "tool_choice", choice)?;
    let parallel = || request.rest.get("parallel_tool_calls").is_some_and(|asked| *asked == true);
    require(model, "parallel_tools", "parallel_tool_calls", parallel)?;
    let format = request.response_format.as_ref().and_then(|format| format.get("type"));
    require(model, "json_schema", "response_format", || format.is_some_and(|kind| kind == "json_schema"))?;
    let logprobs = || request.rest.get("logprobs").is_some_and(|asked| *asked == true);
    require(model, "logprobs", "logprobs", logprobs)?;
    require(model, "logprobs", "top_logprobs", || given(&request.rest, "top_logprobs"))?;
    require(model, "reasoning", "reasoning", || {
        request
            .rest
            .get("reasoning")
            .and_then(|asked| asked.get("effort"))
            .is_some_and(|effort| effort != "none")
    })
}

fn given(rest: &shared_chat::Rest, field: &str) -> bool {
    rest.get(field).is_some_and(|value| !value.is_null())
}

fn require(
    model: &Model,
    capability: &str,
    field: &str,
    asked: impl FnOnce() -> bool,
) -> Result<(), CallError> {
    if model.capabilities.is_empty() || model.can(capability) || !asked() {
        return Ok(());
    }
    let message = match field {
        "model" => format!("The model `{}` has no {capability}: it is called as chat only.", model.name),
        _ => format!(
            "`{field}` is not supported by the model `{}`: it is listed without the capability `{capability}`.",
            model.name
        ),
    };
    Err(CallError::field(ErrorCode::UnsupportedField, field, message))
}

fn output(parsed: &Parsed, model: &Model) -> Result<(), CallError> {
    if let (Some((field, asked)), Some(most)) = (parsed.request().output_limit(), model.max_output_tokens)
        && asked > u64::from(most)
    {
        let message =
            format!("`{field}` is {asked}: the model `{}` writes at most {most} tokens.", model.name);
        return Err(CallError::field(ErrorCode::InvalidValue, field, message));
    }
    Ok(())
}

fn modalities(parsed: &Parsed, model: &Model) -> Result<(), CallError> {
    for (index, message) in parsed.request().messages().0.iter().enumerate() {
        for kind in message.content.iter().flat_map(|content| content.other_kinds()) {
            let Some(needed) = modality(kind) else { continue };
            if !model.input_modalities.iter().any(|has| has == needed) {
                let field = format!("messages[{index}].content");
                let text = format!(
                    "`{field}` has a part of type `{kind}`: the model `{}` accepts {} only.",
                    model.name,
                    model.input_modalities.join(", ")
                );
                return Err(CallError::field(ErrorCode::UnsupportedField, field, text));
            }
            if needed == "image" {
                require(model, "vision", &format!("messages[{index}].content"), || true)?;
            }
        }
    }
    Ok(())
}

/// The input modality that a kind of content part needs; None for kinds that are text in other words.
fn modality(kind: &str) -> Option<&'static str> {
    match kind {
        "image_url" => Some("image"),
        "input_audio" => Some("audio"),
        "video_url" => Some("video"),
        "file" => Some("file"),
        _ => None,
    }
}
