//! How much to think, and the form of the answer.

use serde_json::{Map, Value, json};
use shared_chat::ChatRequest;

use super::MessagesRequest;
use crate::{
    Refused,
    fields::{Fields, quoted},
};

/// Budgets, in tokens, up to which thinking is little or moderate effort.
const LITTLE: u64 = 2_048;
const MODERATE: u64 = 8_192;

/// `thinking` and `output_config` → `reasoning_effort` and `response_format`. An effort that is given wins over one that
/// a budget suggests. Thinking that is disabled says nothing: so it is when absent.
pub(super) fn convert(request: &MessagesRequest, chat: &mut ChatRequest) -> Result<(), Refused> {
    if let Some(thinking) = &request.thinking {
        let thinking = Fields::new(thinking, "thinking");
        let effort = suggested(&thinking, request.max_tokens)?;
        if thinking.text("type")? != "disabled" {
            chat.rest.insert("thinking".to_owned(), Value::Object(thinking.map.clone()));
        }
        if let Some(effort) = effort {
            chat.rest.insert("reasoning_effort".to_owned(), effort.into());
        }
    }
    if let Some(output) = &request.output_config {
        let output = Fields::new(output, "output_config");
        if let Some(effort) = output.maybe_text("effort")? {
            chat.rest
                .insert("reasoning_effort".to_owned(), known_effort(effort, output.at("effort"))?.into());
        }
        if let Some(format) = output.maybe_object("format")? {
            chat.response_format = Some(response_format(&format)?);
        }
        output.only(&["effort", "format"])?;
    }
    // The older place of the same.
    if let Some(value) = chat.rest.remove("output_format") {
        chat.response_format = Some(response_format(&Fields::of(&value, "output_format")?)?);
    }
    Ok(())
}

fn suggested(thinking: &Fields<'_>, max_tokens: u64) -> Result<Option<&'static str>, Refused> {
    match thinking.text("type")? {
        "disabled" | "adaptive" => Ok(None),
        "enabled" => {
            let field = thinking.at("budget_tokens");
            let budget = thinking
                .get("budget_tokens")
                .ok_or_else(|| Refused::missing(&*field, "a number of tokens"))?;
            match budget.as_u64() {
                Some(budget) if budget >= max_tokens => {
                    Err(Refused::wrong(field, &budget.to_string(), "less than `max_tokens`"))
                }
                Some(..=LITTLE) => Ok(Some("low")),
                Some(..=MODERATE) => Ok(Some("medium")),
                Some(_) => Ok(Some("high")),
                None => Err(Refused::wrong(field, "not a whole number", "a number of tokens")),
            }
        }
        other => {
            let accepted = "\"enabled\", \"adaptive\" or \"disabled\"";
            Err(Refused::wrong(thinking.at("type"), &quoted(other), accepted))
        }
    }
}

/// Engines know three efforts; those beyond the highest are the highest.
fn known_effort(effort: &str, field: String) -> Result<&'static str, Refused> {
    match effort {
        "low" => Ok("low"),
        "medium" => Ok("medium"),
        "high" | "xhigh" | "max" => Ok("high"),
        other => {
            let accepted = "\"low\", \"medium\", \"high\", \"xhigh\" or \"max\"";
            Err(Refused::wrong(field, &quoted(other), accepted))
        }
    }
}

/// Chat wants a name for a schema.
fn response_format(format: &Fields<'_>) -> Result<Value, Refused> {
    match format.text("type")? {
        "json_schema" => {
            let schema = format.object("schema")?.map;
            let others = format.others(&["type", "schema"]).map(|(key, value)| (key.clone(), value.clone()));
            let mut inner: Map<String, Value> = others.collect();
            inner.entry("name").or_insert_with(|| "answer".into());
            inner.insert("strict".to_owned(), true.into());
            inner.insert("schema".to_owned(), Value::Object(schema.clone()));
            Ok(json!({"type": "json_schema", "json_schema": inner}))
        }
        other => Err(Refused::wrong(format.at("type"), &quoted(other), "\"json_schema\"")),
    }
}
