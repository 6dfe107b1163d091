//! Text completions by `/api/generate`.
//!
//! A completion continues a text: `raw` keeps the model's chat template away.

use std::{borrow::Cow, collections::VecDeque};

use bytes::Bytes;
use serde::Deserialize;
use serde_json::{Value, value::RawValue};
use shared_chat::{CompletionRequest, Usage, finish_reason};

use super::options::{self, Sampling};
use crate::{
    EngineError, Labels, Payload, PrepareContext, StreamEvent, Unsupported,
    framing::Cut,
    stream::{Dialect, unread},
    write,
};

/// OpenAI's limit where the caller sets none.
const DEFAULT_LIMIT: u64 = 16;
const REFUSED: &[&str] = &["logit_bias", "logprobs"];

pub fn body(request: &CompletionRequest, context: &PrepareContext<'_>) -> Result<Bytes, Unsupported> {
    options::refuse(&request.rest, REFUSED)?;
    let prompt = write::one_prompt(request)?;
    if request.echo == Some(true) {
        return Err(Unsupported::new(
            "echo",
            "must be false for this model: its engine does not repeat prompts",
        ));
    }
    let sampling = Sampling {
        limit: Some(request.max_tokens.unwrap_or(DEFAULT_LIMIT)),
        temperature: request.temperature.as_ref(),
        top_p: request.top_p.as_ref(),
        seed: request.seed,
        stop: request.stop.as_ref(),
        rest: &request.rest,
    };
    let mut body = options::passed_through(&request.rest);
    body.insert("model".to_owned(), context.upstream_model.into());
    body.insert("prompt".to_owned(), prompt.into());
    body.insert("stream".to_owned(), request.wants_stream().into());
    body.insert("options".to_owned(), options::options(&sampling, context));
    // With a suffix the template is what tells the model where the gap is.
    let fills_gap = body.get("suffix").is_some_and(|suffix| suffix.as_str().is_some_and(|s| !s.is_empty()));
    body.insert("raw".to_owned(), (!fills_gap).into());
    Ok(Value::Object(body).to_string().into())
}

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    response: Option<Cow<'a, str>>,
    #[serde(default)]
    done: bool,
    #[serde(borrow, default)]
    done_reason: Option<Cow<'a, str>>,
    #[serde(default)]
    prompt_eval_count: u64,
    #[serde(default)]
    eval_count: u64,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

impl Line<'_> {
    fn finish_reason(&self) -> &'static str {
        if self.done_reason.as_deref() == Some("length") {
            finish_reason::LENGTH
        } else {
            finish_reason::STOP
        }
    }

    fn usage(&self) -> Usage {
        Usage::of(self.prompt_eval_count, self.eval_count)
    }
}

#[derive(Debug)]
pub struct Stream(Labels);

impl Stream {
    pub fn new(labels: Labels) -> Self {
        Self(labels)
    }
}

impl Dialect for Stream {
    fn read(&mut self, frame: Cut, ready: &mut VecDeque<StreamEvent>) {
        let Cut::Payload(bytes) = &frame else { return ready.push_back(unread(&frame)) };
        if bytes.trim_ascii().is_empty() {
            return;
        }
        match serde_json::from_slice::<Line<'_>>(bytes) {
            Err(_) => ready.push_back(unread(&frame)),
            Ok(line) if line.error.is_some() => {
                ready.push_back(StreamEvent::Error(EngineError::inside(bytes)));
            }
            Ok(line) => {
                let text = line.response.as_deref().unwrap_or_default();
                if line.done {
                    ready.push_back(write::text(&self.0, text, Some(line.finish_reason())));
                    ready.push_back(write::text_usage(&self.0, line.usage()));
                    ready.push_back(StreamEvent::Done);
                } else if !text.is_empty() {
                    ready.push_back(write::text(&self.0, text, None));
                }
            }
        }
    }
}

/// An answer in one body.
pub fn whole(body: &[u8], labels: &Labels) -> Result<Payload, EngineError> {
    let line: Line<'_> = serde_json::from_slice(body).map_err(|_| EngineError::malformed())?;
    if line.error.is_some() {
        return Err(EngineError::inside(body));
    }
    let text = line.response.as_deref().ok_or_else(EngineError::malformed)?.to_owned();
    write::text_response(labels, text, line.finish_reason(), Some(line.usage()))
}
