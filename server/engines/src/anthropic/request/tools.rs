//! Tools, and which of them must be called.

use serde_json::{Value, json};
use shared_chat::{ChatRequest, Tool};

use crate::Unsupported;

pub fn tools(request: &ChatRequest) -> Result<Option<Value>, Unsupported> {
    let Some(tools) = request.tools.as_ref().filter(|tools| !tools.is_empty()) else { return Ok(None) };
    tools.iter().enumerate().map(|(at, tool)| convert(tool, at)).collect::<Result<Value, _>>().map(Some)
}

fn convert(tool: &Tool, at: usize) -> Result<Value, Unsupported> {
    let Some(function) = tool.function.as_ref().filter(|_| tool.kind == "function") else {
        let reason = "must be function for this model: its engine takes no other kind of tool";
        return Err(Unsupported::new(format!("tools[{at}].type"), reason));
    };
    let schema = function.parameters.clone().filter(|schema| !schema.is_null());
    let mut converted = json!({
        "name": function.name,
        "input_schema": schema.unwrap_or_else(|| json!({"type": "object", "properties": {}})),
    });
    if let Some(description) = &function.description {
        converted["description"] = description.clone().into();
    }
    for same in ["strict", "cache_control"] {
        if let Some(value) =
            function.rest.get(same).or_else(|| tool.rest.get(same)).filter(|value| !value.is_null())
        {
            converted[same] = value.clone();
        }
    }
    Ok(converted)
}

pub fn choice(request: &ChatRequest) -> Result<Option<Value>, Unsupported> {
    let choice = request.tool_choice.as_ref().filter(|choice| !choice.is_null());
    let one_at_a_time = request.rest.get("parallel_tool_calls") == Some(&Value::Bool(false));
    let mut converted = match choice {
        None if one_at_a_time && request.tools.is_some() => json!({"type": "auto"}),
        None => return Ok(None),
        Some(Value::String(word)) => match word.as_str() {
            "auto" => json!({"type": "auto"}),
            "none" => return Ok(Some(json!({"type": "none"}))),
            "required" => json!({"type": "any"}),
            _ => {
                return Err(Unsupported::new(
                    "tool_choice",
                    "must be auto, none, required or an object that names a function",
                ));
            }
        },
        Some(named) => match named.pointer("/function/name").and_then(Value::as_str) {
            Some(name) => json!({"type": "tool", "name": name}),
            None => {
                return Err(Unsupported::new(
                    "tool_choice.function.name",
                    "must name a function for this model",
                ));
            }
        },
    };
    if one_at_a_time {
        converted["disable_parallel_tool_use"] = true.into();
    }
    Ok(Some(converted))
}
