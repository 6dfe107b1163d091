//! The body of `/v1/messages`.

mod message;
mod tools;

use bytes::Bytes;
use serde_json::{Map, Value, json};
use shared_chat::{ChatRequest, Rest};

use crate::{PrepareContext, Unsupported};

/// Tokens of an answer where neither the caller nor the model's entry limits it: the dialect demands a number.
const DEFAULT_LIMIT: u64 = 4096;
/// The least that the dialect takes for reasoning.
const LEAST_BUDGET: u64 = 1024;
/// Fields of OpenAI's dialect that do not change an answer: they are bookkeeping of OpenAI's platform.
const WITHOUT_EFFECT: &[&str] =
    &["store", "metadata", "service_tier", "prompt_cache_key", "prompt_cache_retention", "safety_identifier"];
/// Fields that the Messages API has under the same name.
const SAME: &[&str] = &["top_k", "thinking", "cache_control", "output_config"];
/// Converted below.
const CONVERTED: &[&str] = &["parallel_tool_calls", "reasoning_effort", "reasoning", "modalities"];
/// Fields that ask for nothing when they have this value.
const NEUTRAL: &[(&str, f64)] = &[("frequency_penalty", 0.0), ("presence_penalty", 0.0)];

pub fn body(request: &ChatRequest, context: &PrepareContext<'_>) -> Result<Bytes, Unsupported> {
    refuse(request)?;
    let limit = request.output_limit().or_else(|| context.max_output_tokens.map(u64::from));
    let limit = limit.unwrap_or(DEFAULT_LIMIT);
    let mut body = Map::new();
    for field in SAME {
        if let Some(value) = request.rest.get(*field) {
            body.insert((*field).to_owned(), value.clone());
        }
    }
    let (system, messages) = message::convert_all(&request.messages)?;
    body.insert("model".to_owned(), context.upstream_model.into());
    body.insert("max_tokens".to_owned(), limit.into());
    body.insert("messages".to_owned(), messages);
    body.insert("stream".to_owned(), request.wants_stream().into());
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            body.insert(key.to_owned(), value);
        }
    };
    set("system", system);
    set("temperature", temperature(request)?);
    set("top_p", request.top_p.clone().map(Value::Number));
    set("stop_sequences", request.stop.as_ref().map(|stop| stop.as_slice().into()));
    set("metadata", request.user.as_ref().map(|user| json!({"user_id": user})));
    set("tools", tools::tools(request)?);
    set("tool_choice", tools::choice(request)?);
    set("thinking", thinking(&request.rest, limit)?);
    set("output_config", format(request)?);
    Ok(Value::Object(body).to_string().into())
}

/// Refuses every field that would change the answer and that the Messages API does not know.
fn refuse(request: &ChatRequest) -> Result<(), Unsupported> {
    if request.n.is_some_and(|n| n != 1) {
        return Err(Unsupported::new("n", "must be 1 for this model: its engine gives one answer at a time"));
    }
    if request.seed.is_some() {
        return Err(Unsupported::unknown("seed"));
    }
    for (field, value) in request.rest.iter().filter(|(_, value)| !value.is_null()) {
        let field = field.as_str();
        let neutral = |(name, number): &(&str, f64)| *name == field && value.as_f64() == Some(*number);
        let known = [WITHOUT_EFFECT, SAME, CONVERTED].iter().any(|fields| fields.contains(&field));
        if !known && *value != Value::Bool(false) && !NEUTRAL.iter().any(neutral) {
            return Err(Unsupported::unknown(field));
        }
    }
    let text_only =
        |kinds: &Value| kinds.as_array().is_some_and(|kinds| kinds.iter().all(|kind| kind == "text"));
    match request.rest.get("modalities") {
        Some(kinds) if !kinds.is_null() && !text_only(kinds) => {
            Err(Unsupported::new("modalities", "must be [\"text\"] for this model"))
        }
        _ => Ok(()),
    }
}

fn temperature(request: &ChatRequest) -> Result<Option<Value>, Unsupported> {
    match &request.temperature {
        Some(number) if number.as_f64().is_some_and(|value| value > 1.0) => {
            Err(Unsupported::new("temperature", "must be between 0 and 1 for this model"))
        }
        number => Ok(number.clone().map(Value::Number)),
    }
}

/// `reasoning_effort`, or OpenRouter's `reasoning: {effort, max_tokens, enabled}`, as a budget of tokens.
fn thinking(rest: &Rest, limit: u64) -> Result<Option<Value>, Unsupported> {
    // Anthropic's own field, where it came along, says more than an effort.
    if rest.get("thinking").is_some_and(|given| !given.is_null()) {
        return Ok(None);
    }
    let reasoning = rest.get("reasoning").filter(|reasoning| !reasoning.is_null());
    let part = |key: &str| reasoning.and_then(|reasoning| reasoning.get(key)).filter(|part| !part.is_null());
    let effort = rest.get("reasoning_effort").filter(|effort| !effort.is_null()).or_else(|| part("effort"));
    let wanted = match effort.map(Value::as_str) {
        Some(Some("none")) => return Ok(Some(json!({"type": "disabled"}))),
        Some(Some("minimal" | "low")) => LEAST_BUDGET,
        Some(Some("medium")) => 4096,
        Some(Some("high" | "xhigh")) => 16384,
        Some(_) => {
            let reason = "must be none, minimal, low, medium or high for this model";
            return Err(Unsupported::new("reasoning_effort", reason));
        }
        None => match (part("max_tokens").and_then(Value::as_u64), part("enabled")) {
            (Some(budget), _) => budget.max(LEAST_BUDGET),
            (None, Some(Value::Bool(true))) => 4096,
            (None, Some(Value::Bool(false))) => return Ok(Some(json!({"type": "disabled"}))),
            (None, _) => return Ok(None),
        },
    };
    if limit <= LEAST_BUDGET {
        let reason = format!("needs max_completion_tokens above {LEAST_BUDGET} for this model");
        return Err(Unsupported::new("reasoning_effort", reason));
    }
    Ok(Some(json!({"type": "enabled", "budget_tokens": wanted.min(limit - 1)})))
}

fn format(request: &ChatRequest) -> Result<Option<Value>, Unsupported> {
    let Some(format) = request.response_format.as_ref().filter(|format| !format.is_null()) else {
        return Ok(None);
    };
    match format.get("type").and_then(Value::as_str) {
        Some("text") => Ok(None),
        Some("json_schema") => match format.pointer("/json_schema/schema") {
            Some(schema) if schema.is_object() => {
                Ok(Some(json!({"format": {"type": "json_schema", "schema": schema}})))
            }
            _ => Err(Unsupported::new("response_format.json_schema.schema", "must be a JSON schema object")),
        },
        _ => Err(Unsupported::new("response_format.type", "must be text or json_schema for this model")),
    }
}
