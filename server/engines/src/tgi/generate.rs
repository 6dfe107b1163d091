//! Text completions by `/generate_stream`.

use std::{borrow::Cow, collections::VecDeque};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Map, Value, json, value::RawValue};
use shared_chat::{CompletionRequest, Usage, finish_reason};

use crate::{
    Decoder, EngineError, Labels, Payload, PrepareContext, StreamEvent, Unsupported,
    framing::{Cut, MAX_PAYLOAD, Sse},
    stream::{Dialect, unread},
    write,
};

/// OpenAI's limit where the caller sets none.
const DEFAULT_LIMIT: u64 = 16;
/// Fields of the dialect that would change the answer and that TGI does not know.
const REFUSED: &[&str] = &["logit_bias", "logprobs", "suffix", "presence_penalty"];
/// Parameters that have the same name there.
const SAME: &[&str] =
    &["frequency_penalty", "repetition_penalty", "top_k", "typical_p", "watermark", "truncate", "grammar"];

pub fn body(request: &CompletionRequest, context: &PrepareContext<'_>) -> Result<Bytes, Unsupported> {
    let prompt = write::one_prompt(request)?;
    let set = |field: &&&str| {
        let neutral = |value: &Value| value.is_null() || value.as_f64() == Some(0.0) || value == "";
        request.rest.get(**field).is_some_and(|value| !neutral(value))
    };
    if let Some(field) = REFUSED.iter().find(set) {
        return Err(Unsupported::unknown(*field));
    }
    if request.seed.is_some_and(|seed| seed < 0) {
        return Err(Unsupported::new("seed", "must not be negative for this model"));
    }
    if request.echo == Some(true) {
        return Err(Unsupported::new(
            "echo",
            "must be false for this model: its engine does not repeat prompts",
        ));
    }
    let parameters = parameters(request, context);
    Ok(json!({"inputs": prompt, "parameters": parameters}).to_string().into())
}

fn parameters(request: &CompletionRequest, context: &PrepareContext<'_>) -> Value {
    let mut parameters = Map::new();
    let mut set = |key: &str, value: Option<Value>| {
        if let Some(value) = value.filter(|value| !value.is_null()) {
            parameters.insert(key.to_owned(), value);
        }
    };
    for field in SAME {
        set(field, request.rest.get(*field).cloned());
    }
    set("max_new_tokens", Some(request.max_tokens.unwrap_or(DEFAULT_LIMIT).into()));
    set("details", Some(true.into()));
    // A LoRA by its name; any other name is the base model's.
    set("adapter_id", Some(context.upstream_model.into()));
    set("stop", request.stop.as_ref().map(|stop| stop.as_slice().into()));
    set("seed", request.seed.map(Value::from));
    // Zero is not a temperature there: it is not to sample.
    let greedy = request.temperature.as_ref().and_then(serde_json::Number::as_f64) == Some(0.0);
    set("do_sample", Some((!greedy).into()));
    set("temperature", request.temperature.clone().filter(|_| !greedy).map(Value::Number));
    // It takes shares below one only; one is to keep all tokens.
    let share = request.top_p.clone().filter(|share| share.as_f64().is_none_or(|share| share < 1.0));
    set("top_p", share.map(Value::Number));
    Value::Object(parameters)
}

#[derive(Deserialize)]
struct Event<'a> {
    #[serde(borrow, default)]
    token: Option<Token<'a>>,
    #[serde(borrow, default)]
    generated_text: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    details: Option<Details<'a>>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

#[derive(Deserialize)]
struct Token<'a> {
    #[serde(borrow)]
    text: Cow<'a, str>,
    /// Marks the end of the text, for example, and is no part of it.
    #[serde(default)]
    special: bool,
}

#[derive(Deserialize)]
struct Details<'a> {
    #[serde(borrow)]
    finish_reason: Cow<'a, str>,
    generated_tokens: u64,
    /// Since 2.3.
    input_length: Option<u64>,
}

impl Details<'_> {
    fn finish_reason(&self) -> &'static str {
        if self.finish_reason == "length" { finish_reason::LENGTH } else { finish_reason::STOP }
    }

    /// None where the prompt's tokens are not told: half a count is none.
    fn usage(&self) -> Option<Usage> {
        self.input_length.map(|prompt| Usage::of(prompt, self.generated_tokens))
    }
}

#[derive(Debug)]
struct Stream(Labels);

pub fn decoder(labels: Labels) -> Decoder {
    Decoder::sse(Stream(labels))
}

impl Dialect for Stream {
    fn read(&mut self, frame: Cut, ready: &mut VecDeque<StreamEvent>) {
        let Cut::Payload(data) = &frame else { return ready.push_back(unread(&frame)) };
        if data.trim_ascii() == shared_chat::DONE.as_bytes() {
            return;
        }
        match serde_json::from_slice::<Event<'_>>(data) {
            Ok(event) if event.error.is_some() => {
                ready.push_back(StreamEvent::Error(EngineError::inside(data)));
            }
            Ok(Event { token: Some(token), details, .. }) => {
                let text = if token.special { "" } else { &token.text };
                let finish = details.as_ref().map(Details::finish_reason);
                if !text.is_empty() || finish.is_some() {
                    ready.push_back(write::text(&self.0, text, finish));
                }
                if let Some(details) = details {
                    ready.extend(details.usage().map(|usage| write::text_usage(&self.0, usage)));
                    ready.push_back(StreamEvent::Done);
                }
            }
            Ok(_) | Err(_) => ready.push_back(unread(&frame)),
        }
    }
}

/// A stream that came in one body: its last event has the whole text.
pub fn whole(body: Bytes, labels: &Labels) -> Result<Payload, EngineError> {
    let mut sse = Sse::new(MAX_PAYLOAD);
    // An error of a proxy in between is a bare object.
    if body.trim_ascii_start().starts_with(b"{") {
        return Err(EngineError::inside(&body));
    }
    sse.push(body);
    let mut last = None;
    while let Some(cut) = sse.take().or_else(|| sse.rest()) {
        if let Cut::Payload(data) = cut {
            last = Some(data).filter(|data| data.trim_ascii() != shared_chat::DONE.as_bytes()).or(last);
        }
    }
    let data = last.ok_or_else(EngineError::malformed)?;
    let event: Event<'_> = serde_json::from_slice(&data).map_err(|_| EngineError::malformed())?;
    if event.error.is_some() {
        return Err(EngineError::inside(&data));
    }
    let (Some(text), Some(details)) = (event.generated_text, event.details) else {
        return Err(EngineError::malformed());
    };
    write::text_response(labels, text.into_owned(), details.finish_reason(), details.usage())
}
