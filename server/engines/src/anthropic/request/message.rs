//! A conversation in Anthropic's form: instructions apart, turns that alternate, tools' answers in the user's turn.

use serde_json::{Map, Value, json};
use shared_chat::{Content, Message, ToolCall};

use crate::Unsupported;

/// The system's text, if any, and the turns.
pub fn convert_all(messages: &[Message]) -> Result<(Option<Value>, Value), Unsupported> {
    let mut system: Vec<String> = Vec::new();
    let mut turns: Vec<(&str, Vec<Value>)> = Vec::new();
    for (index, message) in messages.iter().enumerate() {
        let (role, blocks) = match message.role.as_str() {
            "system" | "developer" => {
                system.extend(message.content.as_ref().map(|content| content.text().into_owned()));
                continue;
            }
            "user" => ("user", content(message, index)?),
            "assistant" => ("assistant", assistant(message, index)?),
            "tool" => ("user", vec![tool_result(message, index)?]),
            role => {
                let reason =
                    format!("is {role}; this model takes system, developer, user, assistant and tool");
                return Err(Unsupported::new(format!("messages[{index}].role"), reason));
            }
        };
        // The answers to the calls of one turn stand in one turn, as does what the user says after them.
        match turns.last_mut() {
            Some((last, all)) if *last == role => all.extend(blocks),
            _ => turns.push((role, blocks)),
        }
    }
    let turns = turns.into_iter().filter(|(_, blocks)| !blocks.is_empty());
    let turns: Value = turns.map(|(role, blocks)| json!({"role": role, "content": blocks})).collect();
    system.retain(|text| !text.is_empty());
    Ok(((!system.is_empty()).then(|| system.join("\n\n").into()), turns))
}

fn text(text: &str) -> Value {
    json!({"type": "text", "text": text})
}

/// Anthropic refuses empty texts.
fn content(message: &Message, index: usize) -> Result<Vec<Value>, Unsupported> {
    match &message.content {
        None | Some(Content::Null) => Ok(Vec::new()),
        Some(Content::Text(words)) => Ok((!words.is_empty()).then(|| text(words)).into_iter().collect()),
        Some(Content::Parts(parts)) => {
            let parts =
                parts.iter().enumerate().filter(|(_, part)| part.get("text") != Some(&Value::from("")));
            parts.map(|(at, part)| block(part, &format!("messages[{index}].content[{at}]"))).collect()
        }
    }
}

fn block(part: &Value, path: &str) -> Result<Value, Unsupported> {
    let words = |key: &str| part.get(key).and_then(Value::as_str).unwrap_or_default();
    let mut block = match part.get("type").and_then(Value::as_str) {
        Some("text") => text(words("text")),
        Some("refusal") => text(words("refusal")),
        Some("image_url") => {
            let url = part.pointer("/image_url/url").and_then(Value::as_str).unwrap_or_default();
            let source = source(url).ok_or_else(|| {
                Unsupported::new(
                    format!("{path}.image_url.url"),
                    "must be an https URL or a data: URL in base64",
                )
            })?;
            json!({"type": "image", "source": source})
        }
        Some("file") => {
            let data = part.pointer("/file/file_data").and_then(Value::as_str).unwrap_or_default();
            let source = source(data).ok_or_else(|| {
                Unsupported::new(
                    format!("{path}.file.file_data"),
                    "must be a data: URL in base64 for this model",
                )
            })?;
            json!({"type": "document", "source": source})
        }
        kind => {
            let kind = kind.unwrap_or("unknown");
            let reason = format!("is of type {kind}; this model takes text, image_url and file");
            return Err(Unsupported::new(path, reason));
        }
    };
    if let Some(control) = part.get("cache_control") {
        block["cache_control"] = control.clone();
    }
    Ok(block)
}

fn source(url: &str) -> Option<Value> {
    if url.starts_with("https://") || url.starts_with("http://") {
        return Some(json!({"type": "url", "url": url}));
    }
    let (kind, data) = url.strip_prefix("data:")?.split_once(";base64,")?;
    Some(json!({"type": "base64", "media_type": kind, "data": data}))
}

fn assistant(message: &Message, index: usize) -> Result<Vec<Value>, Unsupported> {
    // Thinking that was signed must come back as it was, before everything else.
    let signed = message.rest.get("thinking_blocks").and_then(Value::as_array).cloned();
    let mut blocks = [signed.unwrap_or_default(), content(message, index)?].concat();
    for (at, call) in message.tool_calls.iter().flatten().enumerate() {
        blocks.push(tool_use(call, &format!("messages[{index}].tool_calls[{at}]"))?);
    }
    Ok(blocks)
}

fn tool_use(call: &ToolCall, path: &str) -> Result<Value, Unsupported> {
    let Some(function) = &call.function else {
        let reason = "is missing: only function tools are available for this model";
        return Err(Unsupported::new(format!("{path}.function"), reason));
    };
    let Some(id) = &call.id else {
        return Err(Unsupported::new(format!("{path}.id"), "is missing"));
    };
    let words = function.arguments.trim();
    let input = if words.is_empty() { Ok(Map::new()) } else { serde_json::from_str::<Map<_, _>>(words) };
    let input = input.map_err(|_| {
        Unsupported::new(format!("{path}.function.arguments"), "must be a JSON object, written as a string")
    })?;
    Ok(json!({"type": "tool_use", "id": id, "name": function.name, "input": input}))
}

fn tool_result(message: &Message, index: usize) -> Result<Value, Unsupported> {
    let Some(id) = &message.tool_call_id else {
        return Err(Unsupported::new(format!("messages[{index}].tool_call_id"), "is missing"));
    };
    Ok(json!({"type": "tool_result", "tool_use_id": id, "content": content(message, index)?}))
}
