//! How much to think, and the form of the answer.

use serde_json::{Map, Value, json};
use shared_chat::ChatRequest;

use super::ResponsesRequest;
use crate::{
    Refused,
    fields::{Fields, quoted},
};

/// `reasoning` → `reasoning_effort`. A summary is the reasoning itself, so "concise" cannot be had.
pub(super) fn effort(request: &ResponsesRequest, chat: &mut ChatRequest) -> Result<(), Refused> {
    let Some(reasoning) = &request.reasoning else { return Ok(()) };
    let reasoning = Fields::new(reasoning, "reasoning");
    if let Some(effort) = reasoning.maybe_text("effort")? {
        chat.rest.insert("reasoning_effort".to_owned(), effort.into());
    }
    for field in ["summary", "generate_summary"] {
        let summary = reasoning.maybe_text(field)?;
        if let Some(other) = summary.filter(|summary| !["auto", "detailed"].contains(summary)) {
            let why =
                format!("a {} summary is not made; accepted is \"auto\" or \"detailed\"", quoted(other));
            return Err(Refused::unsupported(reasoning.at(field), &why));
        }
    }
    if reasoning.get("context").is_some_and(|context| context != "auto") {
        return Err(Refused::unsupported(reasoning.at("context"), "accepted is \"auto\""));
    }
    reasoning.only(&["effort", "summary", "generate_summary", "context"])
}

/// `text` → `response_format` and `verbosity`.
pub(super) fn text(request: &ResponsesRequest, chat: &mut ChatRequest) -> Result<(), Refused> {
    let Some(text) = &request.text else { return Ok(()) };
    let text = Fields::new(text, "text");
    if let Some(verbosity) = text.maybe_text("verbosity")? {
        chat.rest.insert("verbosity".to_owned(), verbosity.into());
    }
    if let Some(format) = text.maybe_object("format")? {
        chat.response_format = response_format(&format)?;
    }
    text.only(&["format", "verbosity"])
}

fn response_format(format: &Fields<'_>) -> Result<Option<Value>, Refused> {
    match format.text("type")? {
        "text" => Ok(None),
        "json_object" => Ok(Some(json!({"type": "json_object"}))),
        "json_schema" => {
            format.text("name")?;
            format.object("schema")?;
            let inner = format.others(&["type"]).map(|(key, value)| (key.clone(), value.clone()));
            let inner: Map<String, Value> = inner.collect();
            Ok(Some(json!({"type": "json_schema", "json_schema": inner})))
        }
        other => {
            let accepted = "\"text\", \"json_object\" or \"json_schema\"";
            Err(Refused::wrong(format.at("type"), &quoted(other), accepted))
        }
    }
}
