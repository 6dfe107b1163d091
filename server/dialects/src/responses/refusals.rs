//! What a request may not ask for, by the field's name.

use serde_json::Value;

use super::ResponsesRequest;
use crate::{Refused, fields::quoted};

/// Fields that ask for what is not there, and what to do without.
const NOT_THERE: &[(&str, &str)] = &[
    (
        "conversation",
        "conversations are not kept here; send the items in `input` or use `previous_response_id`",
    ),
    ("prompt", "stored prompts are not kept here; send `instructions` and `input`"),
    ("context_management", "compaction is not available; shorten `input` yourself"),
    ("moderation", "moderation inside a response is not available; call /v1/moderations"),
];

/// What `include` may name: the others concern built-in tools. Reasoning is shown in the open, never encrypted.
const INCLUDABLE: &[&str] =
    &["message.output_text.logprobs", "reasoning.encrypted_content", "message.input_image.image_url"];

pub(super) fn check(request: &ResponsesRequest) -> Result<(), Refused> {
    for (field, why) in NOT_THERE {
        if request.rest.get(*field).is_some_and(|value| !value.is_null()) {
            return Err(Refused::unsupported(*field, why));
        }
    }
    // A response that only prepares a connection: there is nothing to prepare.
    if request.rest.get("generate") == Some(&Value::Bool(false)) {
        return Err(Refused::unsupported("generate", "a response that generates nothing is not made here"));
    }
    if request.background == Some(true) {
        return Err(Refused::unsupported("background", "responses are made while you wait; use /v1/batches"));
    }
    if let Some(other) = request.truncation.as_deref().filter(|truncation| *truncation != "disabled") {
        let why = format!("{} would drop items unseen; accepted is \"disabled\"", quoted(other));
        return Err(Refused::unsupported("truncation", &why));
    }
    if let Some(tier) = request.service_tier.as_deref().filter(|tier| !["auto", "default"].contains(tier)) {
        let why = format!("there is no tier {}; accepted is \"auto\" or \"default\"", quoted(tier));
        return Err(Refused::unsupported("service_tier", &why));
    }
    for (i, what) in request.include.iter().flatten().enumerate() {
        if !INCLUDABLE.contains(&what.as_str()) {
            let accepted = INCLUDABLE.iter().map(|one| format!("\"{one}\"")).collect::<Vec<_>>().join(", ");
            let why = format!("{} cannot be included; accepted is {accepted}", quoted(what));
            return Err(Refused::unsupported(format!("include[{i}]"), &why));
        }
    }
    let obfuscation = request.stream_options.as_ref().and_then(|options| options.get("include_obfuscation"));
    if obfuscation == Some(&Value::Bool(true)) {
        let why = "events are not padded; leave it out or send false";
        return Err(Refused::unsupported("stream_options.include_obfuscation", why));
    }
    numbers(request)
}

fn numbers(request: &ResponsesRequest) -> Result<(), Refused> {
    if request.max_output_tokens == Some(0) {
        return Err(Refused::wrong("max_output_tokens", "0", "1 or more"));
    }
    if let Some(top) = request.top_logprobs.filter(|top| *top > 20) {
        return Err(Refused::wrong("top_logprobs", &top.to_string(), "0 to 20"));
    }
    let texts = |(key, value): (&String, &Value)| (!value.is_string()).then(|| key.clone());
    if let Some(key) = request.metadata.iter().flatten().find_map(texts) {
        return Err(Refused::wrong(format!("metadata.{key}"), "not a string", "a string"));
    }
    Ok(())
}
