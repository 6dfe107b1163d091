//! Messages of blocks into chat's messages: a tool's result is a message of its own there.

use serde_json::{Value, json};
use shared_chat::{Content, Message, Rest, ToolCall};

use super::{
    MessagesRequest, TextOrBlocks,
    blocks::{self, simplest},
};
use crate::{
    Refused,
    fields::{Fields, quoted},
};

pub(super) fn messages(request: &MessagesRequest) -> Result<Vec<Message>, Refused> {
    let mut all = Vec::new();
    if let Some(system) = &request.system {
        let content = match system {
            TextOrBlocks::Text(text) => Content::Text(text.clone()),
            TextOrBlocks::Blocks(given) => blocks::all(given, "system", blocks::text_only)?,
        };
        if content != Content::Text(String::new()) && content != Content::Parts(Vec::new()) {
            all.push(Message::new("system", content));
        }
    }
    for (i, message) in request.messages.iter().enumerate() {
        let path = format!("messages[{i}]");
        match (message.role.as_str(), &message.content) {
            (role @ ("user" | "assistant" | "system"), TextOrBlocks::Text(text)) => {
                all.push(Message::new(role, text.clone()));
            }
            ("user", TextOrBlocks::Blocks(given)) => user(given, &path, &mut all)?,
            ("assistant", TextOrBlocks::Blocks(given)) => all.push(assistant(given, &path)?),
            ("system", TextOrBlocks::Blocks(given)) => {
                let content = blocks::all(given, &format!("{path}.content"), blocks::text_only)?;
                all.push(Message::new("system", content));
            }
            (other, _) => {
                let accepted = "\"user\", \"assistant\" or \"system\"";
                return Err(Refused::wrong(format!("{path}.role"), &quoted(other), accepted));
            }
        }
    }
    Ok(all)
}

/// Results come first: in chat nothing may stand between a call and its result.
fn user(given: &[Rest], path: &str, all: &mut Vec<Message>) -> Result<(), Refused> {
    let mut parts = Vec::new();
    for (i, block) in given.iter().enumerate() {
        let block = Fields::new(block, format!("{path}.content[{i}]"));
        if block.text("type")? == "tool_result" {
            all.push(result(&block)?);
        } else {
            parts.push(blocks::part(&block)?);
        }
    }
    if !parts.is_empty() {
        all.push(Message::new("user", simplest(parts)));
    }
    Ok(())
}

fn result(block: &Fields<'_>) -> Result<Message, Refused> {
    let mut content = match block.get("content") {
        None => Content::Text(String::new()),
        Some(Value::String(text)) => Content::Text(text.clone()),
        Some(_) => {
            let mut parts = Vec::new();
            for (i, part) in block.maybe_list("content")?.unwrap_or_default().iter().enumerate() {
                parts.push(blocks::part(&Fields::of(part, format!("{}[{i}]", block.at("content")))?)?);
            }
            simplest(parts)
        }
    };
    // Chat has no mark for it: the model must read it.
    if block.maybe_flag("is_error")? == Some(true) {
        content = match content {
            Content::Text(text) => Content::Text(format!("Error: {text}")),
            Content::Null => Content::Text("Error".to_owned()),
            Content::Parts(mut parts) => {
                parts.insert(0, json!({"type": "text", "text": "Error:"}));
                Content::Parts(parts)
            }
        };
    }
    let mut message = Message::new("tool", content);
    message.tool_call_id = Some(block.text("tool_use_id")?.to_owned());
    if let Some(hint) = block.get("cache_control") {
        message.rest.insert("cache_control".to_owned(), hint.clone());
    }
    Ok(message)
}

fn assistant(given: &[Rest], path: &str) -> Result<Message, Refused> {
    let mut parts = Vec::new();
    let mut calls = Vec::new();
    let mut thoughts = Vec::new();
    let mut signed = Vec::new();
    for (i, block) in given.iter().enumerate() {
        let block = Fields::new(block, format!("{path}.content[{i}]"));
        match block.text("type")? {
            "text" => parts.push(blocks::part(&block)?),
            "tool_use" => calls.push(call(&block)?),
            "thinking" => {
                thoughts.push(block.text("thinking")?);
                if block.maybe_text("signature")?.is_some_and(|signature| !signature.is_empty()) {
                    signed.push(Value::Object(block.map.clone()));
                }
            }
            "redacted_thinking" => signed.push(Value::Object(block.map.clone())),
            other => {
                let why = format!(
                    "a block of type {} has no place in an assistant's message; accepted are \"text\", \"tool_use\", \
                     \"thinking\" and \"redacted_thinking\"",
                    quoted(other)
                );
                return Err(Refused::unsupported(block.at("type"), &why));
            }
        }
    }
    let content = if parts.is_empty() { Content::Null } else { simplest(parts) };
    let mut message = Message::new("assistant", content);
    message.tool_calls = Some(calls).filter(|calls| !calls.is_empty());
    if !thoughts.is_empty() {
        message.rest.insert("reasoning_content".to_owned(), thoughts.join("\n").into());
    }
    if !signed.is_empty() {
        message.rest.insert("thinking_blocks".to_owned(), signed.into());
    }
    Ok(message)
}

fn call(block: &Fields<'_>) -> Result<ToolCall, Refused> {
    let input = block.object("input")?;
    let arguments = Value::Object(input.map.clone()).to_string();
    let mut call = ToolCall::function(block.text("id")?, block.text("name")?, arguments);
    let others = block.others(&["type", "id", "name", "input", "caller"]);
    call.rest = others.map(|(key, value)| (key.clone(), value.clone())).collect();
    Ok(call)
}
