//! The body for an engine that speaks OpenAI's dialect.

use bytes::Bytes;
use serde::Serialize;
use serde_json::{Number, Value};
use shared_chat::{ChatRequest, Message, Rest, Stop, StreamOptions, Tool};

use crate::Unsupported;

/// Where a stream is asked to tell its usage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StreamUsage {
    AtEnd,
    /// On every chunk too, so that a stream cut short is counted exactly (vLLM).
    Continuous,
}

/// A [`ChatRequest`] by reference, with what differs for the engine.
#[derive(Serialize)]
struct Outgoing<'a> {
    model: &'a str,
    messages: &'a [Message],
    #[serde(skip_serializing_if = "Option::is_none")]
    stream: &'a Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: &'a Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: &'a Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: &'a Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: &'a Option<Number>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: &'a Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop: &'a Option<Stop>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: &'a Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tools: &'a Option<Vec<Tool>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: &'a Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: &'a Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: &'a Option<String>,
    #[serde(flatten)]
    rest: &'a Rest,
}

/// The body, with the engine's name of the model and the usage of a stream asked for.
pub fn body(request: &ChatRequest, upstream_model: &str, usage: StreamUsage) -> Result<Bytes, Unsupported> {
    // Named one by one, so that a new field cannot be forgotten here.
    let ChatRequest {
        model: _,
        messages,
        stream,
        stream_options,
        max_tokens,
        max_completion_tokens,
        temperature,
        top_p,
        n,
        stop,
        seed,
        tools,
        tool_choice,
        response_format,
        user,
        rest,
    } = request;
    let outgoing = Outgoing {
        model: upstream_model,
        messages,
        stream,
        stream_options: options(request.wants_stream(), stream_options.as_ref(), usage),
        max_tokens,
        max_completion_tokens,
        temperature,
        top_p,
        n,
        stop,
        seed,
        tools,
        tool_choice,
        response_format,
        user,
        rest,
    };
    let json = serde_json::to_vec(&outgoing)
        .map_err(|_| Unsupported::new("messages", "hold a value that cannot be written as JSON"))?;
    Ok(json.into())
}

fn options(stream: bool, asked: Option<&StreamOptions>, usage: StreamUsage) -> Option<StreamOptions> {
    if !stream {
        return asked.cloned();
    }
    let mut options = asked.cloned().unwrap_or_default();
    options.include_usage = Some(true);
    if usage == StreamUsage::Continuous {
        options.rest.insert("continuous_usage_stats".to_owned(), true.into());
    }
    Some(options)
}
