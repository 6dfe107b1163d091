//! Fields that ask for what is not built, and values that no engine should see: refused by name, never passed on as
//! if they had worked. Every other field that is not typed passes through untouched. A file a surface.

pub(crate) mod chat;
pub(crate) mod completion;
pub(crate) mod embedding;
pub(crate) mod moderation;
pub(crate) mod rerank;
pub(crate) mod tokenize;

use serde_json::Value;
use shared::ErrorCode;
use shared_chat::{Rest, StreamOptions};

use crate::error::CallError;

/// Answers that one call may ask for.
const MOST_ANSWERS: u32 = 128;

/// What a refused field would do on any surface, and what to do without it.
const NOT_BUILT: &[(&str, &str)] = &[
    ("rag", "document collections are not available here; put the context into the request"),
    ("route", "choosing a route is not available; the platform picks the deployment"),
    ("sort", "sort deployments by `provider.sort`"),
    ("transforms", "message transforms are not available; shorten the request yourself"),
    ("plugins", "plugins are not available"),
    ("preset", "presets are not available; send the parameters themselves"),
];

fn not_built(rest: &Rest, fields: &[(&str, &str)]) -> Result<(), CallError> {
    for (field, why) in NOT_BUILT.iter().chain(fields) {
        // `null` is how generated clients say "not set".
        if rest.get(*field).is_some_and(|value| !value.is_null()) {
            return Err(refuse(field, format!("`{field}` is not supported: {why}.")));
        }
    }
    Ok(())
}

fn refuse(field: &str, message: impl Into<String>) -> CallError {
    CallError::field(ErrorCode::UnsupportedField, field, message)
}

fn wrong(field: &str, message: impl Into<String>) -> CallError {
    CallError::field(ErrorCode::InvalidValue, field, message)
}

fn service_tier(rest: &Rest) -> Result<(), CallError> {
    match rest.get("service_tier") {
        Some(tier) if !tier.is_null() && tier != "auto" && tier != "default" => {
            Err(refuse("service_tier", "`service_tier` is not supported but as \"auto\" or \"default\"."))
        }
        _ => Ok(()),
    }
}

fn stream_options(options: Option<&StreamOptions>, streamed: bool) -> Result<(), CallError> {
    if options.is_some() && !streamed {
        return Err(wrong("stream_options", "`stream_options` is only accepted with `stream: true`."));
    }
    Ok(())
}

fn answers(field: &str, asked: Option<u32>) -> Result<(), CallError> {
    match asked.filter(|n| !(1..=MOST_ANSWERS).contains(n)) {
        Some(answers) => {
            Err(wrong(field, format!("`{field}` is {answers}: accepted is 1 to {MOST_ANSWERS}.")))
        }
        None => Ok(()),
    }
}

fn at_least_one(field: &str, asked: Option<u64>) -> Result<(), CallError> {
    if asked == Some(0) {
        return Err(wrong(field, format!("`{field}` is 0: accepted is 1 or more.")));
    }
    Ok(())
}

/// A value of a field that is not typed.
fn given<'a>(rest: &'a Rest, field: &str) -> Option<&'a Value> {
    rest.get(field).filter(|value| !value.is_null())
}
