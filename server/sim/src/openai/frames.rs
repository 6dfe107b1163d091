//! The frames of a streamed chat.

use bytes::{BufMut, Bytes, BytesMut};
use serde_json::{Value, json};

use super::{
    Labels,
    logprobs::chat_entry,
    request::ChatCall,
    style::{NoUsage, Place, Style, ToolFrames, Usage},
};
use crate::{
    compose::{Answer, Pieces, Said, ToolUse},
    deliver::Frame,
};

/// All frames of an answer, `n` times over when several choices are wanted.
pub fn write(labels: &Labels, answer: &Answer, call: &ChatCall) -> Vec<Frame> {
    let mut writer = Writer::new(labels, answer, call);
    for index in 0..call.n {
        let role = writer.style.role;
        writer.choice(index, Kind::Role, 0, |out| out.put_slice(role.as_bytes()), None);
        if let (Some(thoughts), Some(around)) = (&answer.reasoning, writer.style.thought) {
            writer.texts(index, thoughts, around, false);
        }
        match &answer.said {
            Said::Text(pieces) => {
                let around = writer.style.text;
                writer.texts(index, pieces, around, true);
            }
            Said::Tools(uses) => {
                for (position, tool) in uses.iter().enumerate() {
                    writer.tool(index, position, tool);
                }
            }
        }
        let last = writer.style.last[usize::from(!answer.tools().is_empty())];
        let kind = Kind::Last { of_all: index + 1 == call.n };
        writer.choice(index, kind, 0, |out| out.put_slice(last.as_bytes()), None);
    }
    writer.end()
}

pub fn text(out: &mut BytesMut, text: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out.writer(), text);
}

/// Which of a choice's frames it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Role,
    Piece,
    Last { of_all: bool },
}

struct Writer<'a> {
    style: &'static Style,
    labels: &'a Labels,
    answer: &'a Answer,
    call: &'a ChatCall,
    /// A frame's beginning, up to its choices.
    head: String,
    /// Tokens so far.
    tokens: u64,
    out: BytesMut,
    frames: Vec<Frame>,
}

impl<'a> Writer<'a> {
    fn new(labels: &'a Labels, answer: &'a Answer, call: &'a ChatCall) -> Self {
        let style = labels.wire.style();
        let head = format!(
            r#"data: {{"id":{},"object":"chat.completion.chunk","created":{},"model":{}{},"choices":["#,
            json!(labels.id),
            labels.created,
            json!(labels.model),
            style.head,
        );
        let expected = usize::try_from(answer.completion_tokens()).unwrap_or(0) + 4;
        let out = BytesMut::with_capacity(expected * (head.len() + 128));
        Self { style, labels, answer, call, head, tokens: 0, out, frames: Vec::with_capacity(expected) }
    }

    fn texts(&mut self, index: u32, pieces: &Pieces, around: [&str; 2], logprobs: bool) {
        for piece in pieces.iter() {
            let entry = self.call.logprobs.filter(|_| logprobs);
            let entry = entry.map(|top| json!({"content": [chat_entry(self.labels.wire, piece, top)]}));
            let delta = |out: &mut BytesMut| {
                out.put_slice(around[0].as_bytes());
                text(out, piece);
                out.put_slice(around[1].as_bytes());
            };
            self.choice(index, Kind::Piece, 1, delta, entry);
        }
    }

    fn tool(&mut self, index: u32, position: usize, tool: &ToolUse) {
        let id = self.labels.tool_id(position);
        let whole = self.style.tools == ToolFrames::Whole;
        let arguments = if whole { tool.json.text.as_str() } else { "" };
        let mut first = json!({
            "id": id, "type": "function", "index": position,
            "function": {"name": tool.name, "arguments": arguments},
        });
        let beside_content = self.style.tools == ToolFrames::PiecesBesideContent;
        if beside_content {
            first["function"] = json!({"name": tool.name});
        }
        let delta = |call: Value| {
            if beside_content {
                json!({"content": null, "tool_calls": [call]})
            } else {
                json!({"tool_calls": [call]})
            }
        };
        let tokens = if whole { tool.json.len() } else { 0 };
        self.value(index, tokens, &delta(first));
        if whole {
            return;
        }
        for piece in tool.json.iter() {
            let part = if self.style.tools == ToolFrames::PiecesWithNulls {
                json!({"id": null, "index": position, "type": "function",
                       "function": {"name": null, "arguments": piece}})
            } else {
                json!({"index": position, "function": {"arguments": piece}})
            };
            self.value(index, 1, &delta(part));
        }
    }

    fn value(&mut self, index: u32, tokens: u64, delta: &Value) {
        self.choice(index, Kind::Piece, tokens, |out| out.put_slice(delta.to_string().as_bytes()), None);
    }

    fn choice(
        &mut self,
        index: u32,
        kind: Kind,
        tokens: u64,
        delta: impl FnOnce(&mut BytesMut),
        logprobs: Option<Value>,
    ) {
        self.tokens += tokens;
        self.out.put_slice(self.head.as_bytes());
        self.out.put_slice(br#"{"index":"#);
        self.out.put_slice(index.to_string().as_bytes());
        self.out.put_slice(br#","delta":"#);
        delta(&mut self.out);
        match logprobs {
            Some(logprobs) => self.out.put_slice(format!(r#","logprobs":{logprobs}"#).as_bytes()),
            None if self.style.logprobs_always => self.out.put_slice(br#","logprobs":null"#),
            None => {}
        }
        self.out.put_slice(br#","finish_reason":"#);
        if let Kind::Last { .. } = kind {
            text(&mut self.out, self.answer.finish.as_str());
            self.out.put_slice((self.style.end)(self.answer).as_bytes());
        } else {
            let rest = if kind == Kind::Role { self.style.role_rest } else { self.style.rest };
            self.out.put_slice(b"null");
            self.out.put_slice(rest.as_bytes());
        }
        self.out.put_slice(b"}]");
        let asked = self.call.usage;
        if asked.on_each && self.style.continuous {
            let usage = (self.style.usage)(self.usage(Place::Frame));
            self.out.put_slice(format!(r#","usage":{usage}"#).as_bytes());
        } else if self.style.no_usage == NoUsage::Null
            || self.style.no_usage == NoUsage::NullWhenAsked && asked.at_end
        {
            self.out.put_slice(br#","usage":null"#);
        }
        if kind == Kind::Role {
            self.out.put_slice(self.style.role_end.as_bytes());
        }
        if kind == (Kind::Last { of_all: true }) && !asked.at_end {
            self.out.put_slice((self.style.closing)(self.usage(Place::End)).as_bytes());
        }
        self.close(tokens);
    }

    fn usage(&self, place: Place) -> Usage {
        Usage {
            place,
            prompt: self.answer.prompt_tokens,
            cached: self.answer.cached_tokens,
            completion: self.tokens,
            reasoning: self.answer.reasoning_tokens().min(self.tokens),
        }
    }

    fn close(&mut self, tokens: u64) {
        self.out.put_slice(b"}\n\n");
        let bytes: Bytes = self.out.split().freeze();
        self.frames.push(Frame { bytes, tokens });
    }

    fn end(mut self) -> Vec<Frame> {
        // Thoughts that are kept back were generated all the same.
        if self.style.thought.is_none() {
            self.tokens += self.answer.reasoning_tokens() * u64::from(self.call.n);
        }
        if self.call.usage.at_end {
            let usage = self.usage(Place::End);
            let (told, closing) = ((self.style.usage)(usage), (self.style.closing)(usage));
            self.out.put_slice(self.head.as_bytes());
            self.out.put_slice(format!(r#"],"usage":{told}{closing}"#).as_bytes());
            self.close(0);
        }
        self.frames.push(Frame::plain(&b"data: [DONE]\n\n"[..]));
        self.frames
    }
}
