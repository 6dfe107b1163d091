//! Ollama's answers: lines of JSON, the last with `done`.

use std::{borrow::Cow, collections::VecDeque};

use serde::Deserialize;
use serde_json::value::RawValue;
use shared_chat::{ToolCall, Usage, finish_reason};

use crate::{
    EngineError, Labels, Payload, StreamEvent,
    framing::Cut,
    openai,
    stream::{Dialect, unread},
    write,
};

#[derive(Deserialize)]
struct Line<'a> {
    #[serde(borrow, default)]
    message: Option<Said<'a>>,
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
struct Said<'a> {
    #[serde(borrow, default)]
    content: Cow<'a, str>,
    #[serde(borrow, default)]
    thinking: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    tool_calls: Option<Vec<Called<'a>>>,
}

#[derive(Deserialize)]
struct Called<'a> {
    #[serde(borrow, default)]
    id: Option<Cow<'a, str>>,
    #[serde(borrow)]
    function: Function<'a>,
}

#[derive(Deserialize)]
struct Function<'a> {
    #[serde(borrow)]
    name: Cow<'a, str>,
    /// An object; its text is what OpenAI's dialect wants.
    #[serde(borrow, default)]
    arguments: Option<&'a RawValue>,
}

impl Function<'_> {
    fn arguments(&self) -> &str {
        self.arguments.map_or("{}", RawValue::get)
    }
}

impl Called<'_> {
    /// Its identifier; versions before 0.11 give none.
    fn id(&self, labels: &Labels, number: u32) -> String {
        let own = self.id.as_deref().filter(|id| !id.is_empty());
        own.map_or_else(|| openai::call_id(labels, 0, u64::from(number)), str::to_owned)
    }
}

impl<'a> Said<'a> {
    fn calls(&self) -> &[Called<'a>] {
        self.tool_calls.as_deref().unwrap_or_default()
    }
}

impl Line<'_> {
    /// Ollama says `stop` when it calls tools.
    fn finish_reason(&self, called_tools: bool) -> &'static str {
        match self.done_reason.as_deref() {
            Some("length") => finish_reason::LENGTH,
            _ if called_tools => finish_reason::TOOL_CALLS,
            _ => finish_reason::STOP,
        }
    }

    fn usage(&self) -> Usage {
        Usage::of(self.prompt_eval_count, self.eval_count)
    }
}

/// The state of a stream: what its lines so far came to.
#[derive(Debug)]
pub struct Stream {
    labels: Labels,
    begun: bool,
    /// Tools called so far.
    calls: u32,
}

impl Stream {
    pub fn new(labels: Labels) -> Self {
        Self { labels, begun: false, calls: 0 }
    }

    fn said(&mut self, line: &Line<'_>, ready: &mut VecDeque<StreamEvent>) {
        if let Some(message) = &line.message {
            let thinking = message.thinking.as_deref().unwrap_or_default();
            if !message.content.is_empty() || !thinking.is_empty() {
                let delta = write::said(&message.content, thinking, self.begins());
                ready.push_back(write::delta(&self.labels, delta));
            }
            for called in message.calls() {
                let role = self.begins();
                let begun = (called.id(&self.labels, self.calls), called.function.name.clone().into_owned());
                let arguments = called.function.arguments().to_owned();
                let delta = write::tool_piece(self.calls, Some(begun), arguments, role);
                self.calls = self.calls.saturating_add(1);
                ready.push_back(write::delta(&self.labels, delta));
            }
        }
        if line.done {
            ready.push_back(write::finish(&self.labels, line.finish_reason(self.calls > 0)));
            ready.push_back(write::usage(&self.labels, line.usage()));
            ready.push_back(StreamEvent::Done);
        }
    }

    /// True once: for the delta that names the role.
    fn begins(&mut self) -> bool {
        !std::mem::replace(&mut self.begun, true)
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
            Ok(line) => self.said(&line, ready),
        }
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
    let said = line.message.as_ref();
    let calls = said.map(Said::calls).unwrap_or_default().iter().zip(0..);
    let calls = calls.map(|(called, number)| {
        let id = called.id(labels, number);
        ToolCall::function(id, called.function.name.clone(), called.function.arguments())
    });
    let calls: Vec<_> = calls.collect();
    let text = |text: Option<&Cow<'_, str>>| text.map(|text| text.clone().into_owned()).unwrap_or_default();
    let answer = write::Answer {
        content: text(said.map(|said| &said.content)),
        reasoning: text(said.and_then(|said| said.thinking.as_ref())),
        finish_reason: line.finish_reason(!calls.is_empty()),
        calls,
        usage: line.usage(),
        ..write::Answer::default()
    };
    write::response(labels, answer)
}
