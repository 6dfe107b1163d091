//! A conversation in Ollama's form: text apart from images, arguments as objects, tool answers by the tool's name.

use std::collections::HashMap;

use serde_json::{Map, Value, json};
use shared_chat::{Content, Message, ToolCall};

use crate::Unsupported;

pub fn convert_all(messages: &[Message]) -> Result<Value, Unsupported> {
    let mut names = HashMap::new();
    let mut converted = Vec::with_capacity(messages.len());
    for (index, message) in messages.iter().enumerate() {
        let calls = message.tool_calls.iter().flatten();
        names.extend(
            calls.filter_map(|call| Some((call.id.as_deref()?, call.function.as_ref()?.name.as_str()))),
        );
        converted.push(convert(message, index, &names)?);
    }
    Ok(converted.into())
}

fn convert(message: &Message, index: usize, names: &HashMap<&str, &str>) -> Result<Value, Unsupported> {
    // Templates of open models know no developer.
    let role = if message.role == "developer" { "system" } else { &message.role };
    let mut converted = json!({"role": role, "content": message.content.as_ref().map_or_else(Default::default, Content::text)});
    if let Some(Content::Parts(parts)) = &message.content {
        let images = images(parts, index)?;
        if !images.is_empty() {
            converted["images"] = images.into();
        }
    }
    if let Some(calls) = message.tool_calls.as_ref().filter(|calls| !calls.is_empty()) {
        let calls = calls.iter().enumerate().map(|(at, call)| tool_call(call, at, index));
        converted["tool_calls"] = calls.collect::<Result<Vec<_>, _>>()?.into();
    }
    if let Some(id) = message.tool_call_id.as_deref() {
        converted["tool_call_id"] = id.into();
        if let Some(name) = names.get(id) {
            converted["tool_name"] = (*name).into();
        }
    }
    Ok(converted)
}

fn tool_call(call: &ToolCall, at: usize, index: usize) -> Result<Value, Unsupported> {
    let path = format!("messages[{index}].tool_calls[{at}].function");
    let Some(function) = &call.function else {
        return Err(Unsupported::new(path, "is missing: only function tools are available for this model"));
    };
    let text = function.arguments.trim();
    let arguments = if text.is_empty() { Ok(Map::new()) } else { serde_json::from_str::<Map<_, _>>(text) };
    let arguments = arguments
        .map_err(|_| Unsupported::new(path + ".arguments", "must be a JSON object, written as a string"))?;
    Ok(json!({"id": call.id, "function": {"index": at, "name": function.name, "arguments": arguments}}))
}

/// Base64 of the images among the parts. Kinds other than text and images are refused.
fn images(parts: &[Value], index: usize) -> Result<Vec<&str>, Unsupported> {
    let mut images = Vec::new();
    for (at, part) in parts.iter().enumerate() {
        let path = || format!("messages[{index}].content[{at}]");
        match part.get("type").and_then(Value::as_str) {
            Some("text" | "refusal") => {}
            Some("image_url") => {
                let url = part.pointer("/image_url/url").and_then(Value::as_str).unwrap_or_default();
                let base64 = url.strip_prefix("data:").and_then(|url| Some(url.split_once(";base64,")?.1));
                images.push(base64.ok_or_else(|| {
                    let reason = "must be a data: URL in base64 for this model: its engine fetches nothing";
                    Unsupported::new(path() + ".image_url.url", reason)
                })?);
            }
            kind => {
                let reason =
                    format!("is of type {}; this model takes text and image_url", kind.unwrap_or("unknown"));
                return Err(Unsupported::new(path(), reason));
            }
        }
    }
    Ok(images)
}
