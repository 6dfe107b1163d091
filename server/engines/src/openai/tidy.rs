//! What OpenAI's document demands of an answer and engines leave out, or write as null where it allows none.
//!
//! Seen: `role`, `tool_calls` and `function_call` as null (SGLang, vLLM), answers without `refusal` (llama.cpp, TGI), or
//! without `content` beside tool calls (TGI), choices without `logprobs` (llama.cpp).
//!
//! Reasoning, which the document does not have, goes by two names: `reasoning` (vLLM since 0.11, OpenRouter) and
//! `reasoning_content` (DeepSeek, SGLang, llama.cpp, older vLLM). It is told under both, so that every client finds it
//! whatever engine serves.

use serde_json::{Map, Value};

use super::tools::Changed;

/// Which shape a choice has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Of a stream of a chat.
    Delta,
    /// Of a whole chat.
    Message,
    /// Of a whole text completion.
    Text,
}

impl Shape {
    /// Where a choice has what it says.
    pub fn key(self) -> &'static str {
        match self {
            Self::Delta => "delta",
            Self::Message => "message",
            Self::Text => "text",
        }
    }
}

/// Keys that are left out rather than null.
const NOT_NULL: &[&str] = &["role", "tool_calls", "function_call", "annotations"];
const NOT_NULL_IN_CALLS: &[&str] = &["id", "type", "index"];

/// What stands beside the choices.
pub fn top(answer: &mut Value) -> Changed {
    answer.as_object_mut().is_some_and(|answer| without_nulls(answer, &["system_fingerprint"]))
}

pub fn choice(choice: &mut Value, shape: Shape) -> Changed {
    let Some(choice) = choice.as_object_mut() else { return false };
    let mut changed = match shape {
        Shape::Delta => defaults(choice, &[("finish_reason", Value::Null)]),
        Shape::Message | Shape::Text => defaults(choice, &[("logprobs", Value::Null)]),
    };
    let Some(said) = choice.get_mut(shape.key()).and_then(Value::as_object_mut) else { return changed };
    changed |= without_nulls(said, NOT_NULL);
    changed |= both_names(said);
    if shape == Shape::Message {
        changed |= defaults(
            said,
            &[("role", "assistant".into()), ("content", Value::Null), ("refusal", Value::Null)],
        );
    }
    for call in said.get_mut("tool_calls").and_then(Value::as_array_mut).into_iter().flatten() {
        let Some(call) = call.as_object_mut() else { continue };
        changed |= without_nulls(call, NOT_NULL_IN_CALLS);
        if let Some(function) = call.get_mut("function").and_then(Value::as_object_mut) {
            changed |= without_nulls(function, &["name"]);
        }
    }
    changed
}

/// Reasoning under one name, under the other too.
fn both_names(said: &mut Map<String, Value>) -> Changed {
    let told =
        |name: &str| said.get(name).filter(|value| value.as_str().is_some_and(|text| !text.is_empty()));
    let (missing, text) = match (told("reasoning"), told("reasoning_content")) {
        (Some(text), None) => ("reasoning_content", text.clone()),
        (None, Some(text)) => ("reasoning", text.clone()),
        _ => return false,
    };
    said.insert(missing.to_owned(), text);
    true
}

fn without_nulls(object: &mut Map<String, Value>, keys: &[&str]) -> Changed {
    let mut changed = false;
    for key in keys {
        changed |= object.get(*key).is_some_and(Value::is_null) && object.remove(*key).is_some();
    }
    changed
}

fn defaults(object: &mut Map<String, Value>, wanted: &[(&str, Value)]) -> Changed {
    let mut changed = false;
    for (key, value) in wanted {
        if !object.contains_key(*key) {
            object.insert((*key).to_owned(), value.clone());
            changed = true;
        }
    }
    changed
}
