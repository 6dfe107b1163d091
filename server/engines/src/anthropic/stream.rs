//! Streams of the Messages API: blocks that begin, grow and end, one after another.

use std::{borrow::Cow, collections::VecDeque};

use serde::Deserialize;
use serde_json::{Value, json};

use super::reply::{self, Counts};
use crate::{
    EngineError, Labels, StreamEvent,
    framing::Cut,
    stream::{Dialect, unread},
    write,
};

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Event<'a> {
    MessageStart {
        message: Begun,
    },
    ContentBlockStart {
        #[serde(borrow)]
        content_block: Block<'a>,
    },
    ContentBlockDelta {
        #[serde(borrow)]
        delta: Piece<'a>,
    },
    ContentBlockStop,
    MessageDelta {
        #[serde(borrow)]
        delta: Ended<'a>,
        usage: Option<Counts>,
    },
    MessageStop,
    Error,
    /// `ping`, and events yet to be invented.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Begun {
    usage: Option<Counts>,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block<'a> {
    Text {
        #[serde(borrow, default)]
        text: Cow<'a, str>,
    },
    ToolUse {
        #[serde(borrow)]
        id: Cow<'a, str>,
        #[serde(borrow)]
        name: Cow<'a, str>,
    },
    RedactedThinking {
        #[serde(borrow)]
        data: Cow<'a, str>,
    },
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Piece<'a> {
    TextDelta {
        #[serde(borrow)]
        text: Cow<'a, str>,
    },
    ThinkingDelta {
        #[serde(borrow)]
        thinking: Cow<'a, str>,
    },
    InputJsonDelta {
        #[serde(borrow)]
        partial_json: Cow<'a, str>,
    },
    SignatureDelta {
        #[serde(borrow)]
        signature: Cow<'a, str>,
    },
    /// Citations.
    #[serde(other)]
    Other,
}

#[derive(Deserialize)]
struct Ended<'a> {
    #[serde(borrow)]
    stop_reason: Option<Cow<'a, str>>,
    #[serde(borrow)]
    stop_sequence: Option<Cow<'a, str>>,
}

/// The call whose block is open.
#[derive(Debug)]
struct Open {
    index: u32,
    /// Whether its arguments have begun.
    begun: bool,
}

#[derive(Debug)]
pub struct Stream {
    labels: Labels,
    counts: Counts,
    begun: bool,
    calls: u32,
    open: Option<Open>,
}

impl Stream {
    pub fn new(labels: Labels) -> Self {
        Self { labels, counts: Counts::default(), begun: false, calls: 0, open: None }
    }

    /// True once: for the delta that names the role.
    fn begins(&mut self) -> bool {
        !std::mem::replace(&mut self.begun, true)
    }

    fn said(&mut self, text: &str, reasoning: &str, ready: &mut VecDeque<StreamEvent>) {
        if !text.is_empty() || !reasoning.is_empty() {
            let delta = write::said(text, reasoning, self.begins());
            ready.push_back(write::delta(&self.labels, delta));
        }
    }

    fn block(&mut self, block: Value, ready: &mut VecDeque<StreamEvent>) {
        let delta = write::thinking_block(block, self.begins());
        ready.push_back(write::delta(&self.labels, delta));
    }

    fn call(&mut self, id: &str, name: &str, ready: &mut VecDeque<StreamEvent>) {
        let index = self.calls;
        self.calls = self.calls.saturating_add(1);
        self.open = Some(Open { index, begun: false });
        let begun = Some((id.to_owned(), name.to_owned()));
        let delta = write::tool_piece(index, begun, String::new(), self.begins());
        ready.push_back(write::delta(&self.labels, delta));
    }

    fn arguments(&mut self, json: &str, ready: &mut VecDeque<StreamEvent>) {
        let Some(open) = self.open.as_mut().filter(|_| !json.is_empty()) else { return };
        open.begun = true;
        let delta = write::tool_piece(open.index, None, json.to_owned(), false);
        ready.push_back(write::delta(&self.labels, delta));
    }

    /// A call without arguments has none of their pieces: callers expect an object all the same.
    fn close(&mut self, ready: &mut VecDeque<StreamEvent>) {
        if self.open.as_ref().is_some_and(|open| !open.begun) {
            self.arguments("{}", ready);
        }
        self.open = None;
    }

    fn event(&mut self, event: Event<'_>, ready: &mut VecDeque<StreamEvent>) {
        match event {
            Event::MessageStart { message } => self.counts.update(message.usage.unwrap_or_default()),
            Event::ContentBlockStart { content_block } => match content_block {
                Block::Text { text } => self.said(&text, "", ready),
                Block::ToolUse { id, name } => self.call(&id, &name, ready),
                Block::RedactedThinking { data } => self.block(reply::redacted(&data), ready),
                Block::Other => {}
            },
            Event::ContentBlockDelta { delta } => match delta {
                Piece::TextDelta { text } => self.said(&text, "", ready),
                Piece::ThinkingDelta { thinking } => self.said("", &thinking, ready),
                Piece::SignatureDelta { signature } => {
                    let proof = json!({"type": "thinking", "thinking": "", "signature": signature});
                    self.block(proof, ready);
                }
                Piece::InputJsonDelta { partial_json } => self.arguments(&partial_json, ready),
                Piece::Other => {}
            },
            Event::ContentBlockStop => self.close(ready),
            Event::MessageDelta { delta, usage } => {
                self.counts.update(usage.unwrap_or_default());
                if let Some(reason) = delta.stop_reason.as_deref() {
                    let by = delta.stop_sequence.map(Cow::into_owned);
                    ready.push_back(write::finish_by(&self.labels, reply::finish(Some(reason)), by));
                }
            }
            Event::MessageStop => {
                ready.push_back(write::usage(&self.labels, self.counts.usage()));
                ready.push_back(StreamEvent::Done);
            }
            Event::Error | Event::Other => {}
        }
    }
}

impl Dialect for Stream {
    fn read(&mut self, frame: Cut, ready: &mut VecDeque<StreamEvent>) {
        let Cut::Payload(data) = &frame else { return ready.push_back(unread(&frame)) };
        match serde_json::from_slice::<Event<'_>>(data) {
            Ok(Event::Error) => ready.push_back(StreamEvent::Error(EngineError::inside(data))),
            Ok(event) => self.event(event, ready),
            // OpenAI's way to say it, from proxies in between.
            Err(_) if error_object(data) => ready.push_back(StreamEvent::Error(EngineError::inside(data))),
            Err(_) => ready.push_back(unread(&frame)),
        }
    }
}

fn error_object(data: &[u8]) -> bool {
    serde_json::from_slice::<Value>(data).is_ok_and(|value| value.get("error").is_some())
}
