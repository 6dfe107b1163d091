//! The body of `/api/chat`.
//!
//! Source: Ollama's `api/types.go` and `openai/openai.go`.

mod message;

use bytes::Bytes;
use serde_json::{Value, json};
use shared_chat::{ChatRequest, Rest};

use super::options::{self, Sampling};
use crate::{PrepareContext, Unsupported};

/// Fields of the dialect that would change the answer and that Ollama does not know.
const REFUSED: &[&str] =
    &["logit_bias", "functions", "function_call", "audio", "prediction", "web_search_options"];

pub fn body(request: &ChatRequest, context: &PrepareContext<'_>) -> Result<Bytes, Unsupported> {
    refuse(request)?;
    let sampling = Sampling {
        limit: request.output_limit(),
        temperature: request.temperature.as_ref(),
        top_p: request.top_p.as_ref(),
        seed: request.seed,
        stop: request.stop.as_ref(),
        rest: &request.rest,
    };
    let mut body = options::passed_through(&request.rest);
    body.insert("model".to_owned(), context.upstream_model.into());
    body.insert("messages".to_owned(), message::convert_all(&request.messages)?);
    body.insert("stream".to_owned(), request.wants_stream().into());
    body.insert("options".to_owned(), options::options(&sampling, context));
    if let Some(tools) = request.tools.as_ref().filter(|_| request.tool_choice != Some(json!("none"))) {
        body.insert("tools".to_owned(), serde_json::to_value(tools).unwrap_or_default());
    }
    if let Some(format) = format(request.response_format.as_ref())? {
        body.insert("format".to_owned(), format);
    }
    if let Some(think) = think(&request.rest)? {
        body.insert("think".to_owned(), think);
    }
    Ok(Value::Object(body).to_string().into())
}

fn refuse(request: &ChatRequest) -> Result<(), Unsupported> {
    if request.n.is_some_and(|n| n != 1) {
        return Err(Unsupported::new("n", "must be 1 for this model: its engine gives one answer at a time"));
    }
    let free = |choice: &Value| matches!(choice.as_str(), Some("auto" | "none"));
    if request.tool_choice.as_ref().is_some_and(|choice| !choice.is_null() && !free(choice)) {
        let reason = "must be \"auto\" or \"none\" for this model: its engine cannot be made to call a tool";
        return Err(Unsupported::new("tool_choice", reason));
    }
    options::refuse(&request.rest, REFUSED)?;
    if request.rest.get("logprobs").is_some_and(|wanted| *wanted == true) {
        return Err(Unsupported::new(
            "logprobs",
            "must be false for this model: its engine does not tell them",
        ));
    }
    Ok(())
}

fn format(format: Option<&Value>) -> Result<Option<Value>, Unsupported> {
    let Some(format) = format.filter(|format| !format.is_null()) else { return Ok(None) };
    match format.get("type").and_then(Value::as_str) {
        Some("text") => Ok(None),
        Some("json_object") => Ok(Some("json".into())),
        Some("json_schema") => match format.pointer("/json_schema/schema") {
            Some(schema) if schema.is_object() => Ok(Some(schema.clone())),
            _ => Err(Unsupported::new("response_format.json_schema.schema", "must be a JSON schema object")),
        },
        _ => Err(Unsupported::new("response_format.type", "must be text, json_object or json_schema")),
    }
}

/// `reasoning_effort`, or OpenRouter's `reasoning: {effort, enabled}`.
fn think(rest: &Rest) -> Result<Option<Value>, Unsupported> {
    let reasoning = rest.get("reasoning");
    let effort =
        rest.get("reasoning_effort").or_else(|| reasoning?.get("effort")).filter(|effort| !effort.is_null());
    match effort.map(|effort| (effort.as_str(), effort)) {
        None => {
            Ok(reasoning.and_then(|reasoning| reasoning.get("enabled")).filter(|on| on.is_boolean()).cloned())
        }
        Some((Some("none"), _)) => Ok(Some(false.into())),
        Some((Some("minimal"), _)) => Ok(Some("low".into())),
        Some((Some("low" | "medium" | "high"), effort)) => Ok(Some(effort.clone())),
        Some(_) => Err(Unsupported::new(
            "reasoning_effort",
            "must be none, minimal, low, medium or high for this model",
        )),
    }
}
