//! Ollama's answers: lines of JSON, the last with `done`.

use std::{borrow::Cow, collections::VecDeque};

use serde::Deserialize;
use serde_json::value::RawValue;
use shared_chat::{Usage, finish_reason};

use super::write;
use crate::{EngineError, Labels, Payload, StreamEvent, framing::Cut, stream::unread};

#[derive(Deserialize)]
pub struct Line<'a> {
    #[serde(borrow, default)]
    pub message: Option<Said<'a>>,
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

#[derive(Deserialize)]
pub struct Said<'a> {
    #[serde(borrow, default)]
    pub content: Cow<'a, str>,
    #[serde(borrow, default)]
    pub thinking: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    tool_calls: Option<Vec<Called<'a>>>,
}

#[derive(Deserialize)]
pub struct Called<'a> {
    #[serde(borrow, default)]
    pub id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    pub function: Function<'a>,
}

#[derive(Deserialize)]
pub struct Function<'a> {
    #[serde(borrow)]
    pub name: Cow<'a, str>,
    /// An object; its text is what OpenAI's dialect wants.
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

impl Function<'_> {
    pub fn arguments(&self) -> &str {
        self.arguments.map_or("{}", RawValue::get)
    }
}

impl<'a> Said<'a> {
    pub fn calls(&self) -> &[Called<'a>] {
        self.tool_calls.as_deref().unwrap_or_default()
    }
}

impl Line<'_> {
    /// Ollama says `stop` when it calls tools.
    pub fn finish_reason(&self, called_tools: bool) -> &'static str {
        match self.done_reason.as_deref() {
            Some("length") => finish_reason::LENGTH,
            _ if called_tools => finish_reason::TOOL_CALLS,
            _ => finish_reason::STOP,
        }
    }

    pub fn usage(&self) -> Usage {
        Usage::of(self.prompt_eval_count, self.eval_count)
    }
}

/// The state of a stream: what its lines so far came to.
#[derive(Debug)]
pub struct Stream {
    labels: Labels,
    ready: VecDeque<StreamEvent>,
    begun: bool,
    /// Tools called so far.
    calls: u32,
}

impl Stream {
    pub fn new(labels: Labels) -> Self {
        Self { labels, ready: VecDeque::new(), begun: false, calls: 0 }
    }

    pub fn next(&mut self) -> Option<StreamEvent> {
        self.ready.pop_front()
    }

    /// Reads a line; what it says is taken by [`Self::next`].
    pub fn line(&mut self, cut: Cut) {
        let Cut::Payload(bytes) = &cut else { return self.ready.push_back(unread(&cut)) };
        if bytes.trim_ascii().is_empty() {
            return;
        }
        match serde_json::from_slice::<Line<'_>>(bytes) {
            Err(_) => self.ready.push_back(unread(&cut)),
            Ok(line) if line.error.is_some() => {
                self.ready.push_back(StreamEvent::Error(EngineError::inside(bytes)));
            }
            Ok(line) => self.read(&line),
        }
    }

    fn read(&mut self, line: &Line<'_>) {
        if let Some(message) = &line.message {
            let thinking = message.thinking.as_deref().unwrap_or_default();
            if !message.content.is_empty() || !thinking.is_empty() {
                let delta = write::said(&message.content, thinking, self.begins());
                self.push(write::delta(&self.labels, delta));
            }
            for called in message.calls() {
                let role = self.begins();
                let delta = write::tool_call(called, &self.labels, self.calls, role);
                self.calls = self.calls.saturating_add(1);
                self.push(write::delta(&self.labels, delta));
            }
        }
        if line.done {
            self.push(write::finish(&self.labels, line.finish_reason(self.calls > 0)));
            self.push(write::usage(&self.labels, line.usage()));
            self.ready.push_back(StreamEvent::Done);
        }
    }

    fn push(&mut self, payload: Result<Payload, EngineError>) {
        self.ready.push_back(payload.map_or_else(StreamEvent::Error, StreamEvent::Chunk));
    }

    /// True once: for the delta that names the role.
    fn begins(&mut self) -> bool {
        !std::mem::replace(&mut self.begun, true)
    }
}

/// An answer in one body.
pub fn whole(body: &[u8], labels: &Labels) -> Result<Payload, EngineError> {
    let line: Line<'_> = serde_json::from_slice(body).map_err(|_| EngineError::malformed())?;
    if line.error.is_some() {
        return Err(EngineError::inside(body));
    }
    if line.message.is_none() {
        return Err(EngineError::malformed());
    }
    write::response(labels, &line)
}
