//! The response object: what was asked, given back, and what came of it.

use serde_json::{Map, Value, json};
use shared_chat::{Rest, Usage};

use super::ResponsesRequest;
use crate::Labels;

/// The part of a response that its request determines.
#[derive(Debug, Clone)]
pub(super) struct Echo(Map<String, Value>);

/// How a response stands.
#[derive(Debug, Clone, Default)]
pub(super) struct Standing {
    pub(super) status: &'static str,
    /// `max_output_tokens` or `content_filter`.
    pub(super) incomplete: Option<&'static str>,
    /// `{code, message}`.
    pub(super) error: Value,
    pub(super) output: Vec<Value>,
    pub(super) usage: Option<Usage>,
    pub(super) completed_at: Option<i64>,
}

impl Echo {
    pub(super) fn new(request: &ResponsesRequest, labels: &Labels) -> Self {
        let tools: Vec<Value> = request.tools.iter().flatten().map(tool).collect();
        let reasoning =
            |key: &str| request.reasoning.as_ref().and_then(|reasoning| reasoning.get(key)).cloned();
        let mut text = request.text.clone().unwrap_or_default();
        text.entry("format").or_insert_with(|| json!({"type": "text"}));
        let fields = json!({
            "id": labels.id,
            "object": "response",
            "created_at": labels.created,
            "background": false,
            "instructions": request.instructions,
            "max_output_tokens": request.max_output_tokens,
            "max_tool_calls": request.max_tool_calls,
            "metadata": request.metadata.clone().unwrap_or_default(),
            "model": labels.model,
            "parallel_tool_calls": request.parallel_tool_calls.unwrap_or(true),
            "previous_response_id": request.previous_response_id,
            "reasoning": {"effort": reasoning("effort"), "summary": reasoning("summary")},
            "service_tier": "default",
            "store": request.store.unwrap_or(false),
            "temperature": request.temperature,
            "text": text,
            "tool_choice": request.tool_choice.clone().filter(|choice| !choice.is_null()).unwrap_or("auto".into()),
            "tools": tools,
            "top_logprobs": request.top_logprobs.unwrap_or(0),
            "top_p": request.top_p,
            "truncation": "disabled",
        });
        let Value::Object(mut fields) = fields else { return Self(Map::new()) };
        for key in ["safety_identifier", "prompt_cache_key"] {
            if let Some(value) = request.rest.get(key) {
                fields.insert(key.to_owned(), value.clone());
            }
        }
        if let Some(user) = &request.user {
            fields.insert("user".to_owned(), user.clone().into());
        }
        Self(fields)
    }

    pub(super) fn set(&mut self, key: &str, value: impl Into<Value>) {
        self.0.insert(key.to_owned(), value.into());
    }

    pub(super) fn response(&self, standing: Standing) -> Value {
        let mut all = self.0.clone();
        let mut put = |key: &str, value: Value| all.insert(key.to_owned(), value);
        put("status", standing.status.into());
        put("output", standing.output.into());
        put("error", standing.error);
        put(
            "incomplete_details",
            standing.incomplete.map_or(Value::Null, |reason| json!({"reason": reason})),
        );
        put("completed_at", standing.completed_at.into());
        if let Some(usage) = &standing.usage {
            put("usage", usage_of(usage));
        }
        Value::Object(all)
    }
}

/// A tool with the keys that a response must have. Schemas are enforced only where that was asked.
fn tool(given: &Rest) -> Value {
    let mut tool = given.clone();
    if tool.get("type").is_some_and(|kind| kind == "custom") {
        return Value::Object(tool);
    }
    for (key, default) in
        [("parameters", Value::Null), ("strict", Value::Bool(false)), ("description", Value::Null)]
    {
        tool.entry(key).or_insert(default);
    }
    Value::Object(tool)
}

/// Chat's usage in this dialect's words. `cost` and its details are an extension of OpenRouter's.
fn usage_of(usage: &Usage) -> Value {
    let mut converted = json!({
        "input_tokens": usage.prompt_tokens,
        "input_tokens_details": {"cached_tokens": usage.cached_tokens(), "cache_write_tokens": 0},
        "output_tokens": usage.completion_tokens,
        "output_tokens_details": {"reasoning_tokens": usage.reasoning_tokens()},
        "total_tokens": usage.total_tokens,
    });
    if let Some(cost) = &usage.cost {
        converted["cost"] = Value::Number(cost.clone());
    }
    if let Some(details) = usage.rest.get("cost_details") {
        converted["cost_details"] = details.clone();
    }
    converted
}
