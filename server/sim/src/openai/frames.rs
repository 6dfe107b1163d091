//! The frames of a streamed answer.

use bytes::{BufMut, Bytes, BytesMut};
use serde_json::json;

use super::{Labels, request::StreamUsage, whole::usage};
use crate::{
    answer::{Answer, Said},
    deliver::Frame,
    failure::Wire,
};

/// All frames of an answer, `n` times over when several choices are wanted.
pub fn write(labels: &Labels, answer: &Answer, n: u32, usage: StreamUsage) -> Vec<Frame> {
    let mut writer = Writer::new(labels, answer, usage);
    for index in 0..n {
        writer.role(index);
        match &answer.said {
            Said::Text(pieces) => {
                for piece in pieces.iter() {
                    writer.token(index, |out| {
                        out.put_slice(br#"{"content":"#);
                        text(out, piece);
                        out.put_u8(b'}');
                    });
                }
            }
            Said::Tools(uses) => {
                for (position, tool) in uses.iter().enumerate() {
                    writer.tool(index, position, tool);
                }
            }
        }
        writer.finish(index, answer.finish.as_str());
    }
    writer.end()
}

fn text(out: &mut BytesMut, text: &str) {
    // Writing to memory does not fail.
    let _ = serde_json::to_writer(out.writer(), text);
}

struct Writer<'a> {
    wire: Wire,
    answer: &'a Answer,
    usage: StreamUsage,
    /// A frame's beginning, up to its choices.
    head: String,
    /// Tokens so far.
    tokens: u64,
    out: BytesMut,
    frames: Vec<Frame>,
}

impl<'a> Writer<'a> {
    fn new(labels: &Labels, answer: &'a Answer, usage: StreamUsage) -> Self {
        let extra = match labels.wire {
            Wire::Vllm => "",
            _ => r#","service_tier":"default","system_fingerprint":"fp_simulated""#,
        };
        let head = format!(
            r#"data: {{"id":{},"object":"chat.completion.chunk","created":{},"model":{}{extra},"choices":["#,
            json!(labels.id),
            labels.created,
            json!(labels.model),
        );
        let expected = usize::try_from(answer.completion_tokens()).unwrap_or(0) + 4;
        let out = BytesMut::with_capacity(expected * (head.len() + 128));
        Self { wire: labels.wire, answer, usage, head, tokens: 0, out, frames: Vec::with_capacity(expected) }
    }

    fn role(&mut self, index: u32) {
        let delta: &[u8] = match self.wire {
            Wire::Vllm => br#"{"role":"assistant","content":""}"#,
            _ => br#"{"role":"assistant","content":"","refusal":null}"#,
        };
        self.choice(index, None, 0, |out| out.put_slice(delta));
    }

    fn token(&mut self, index: u32, delta: impl FnOnce(&mut BytesMut)) {
        self.choice(index, None, 1, delta);
    }

    fn tool(&mut self, index: u32, position: usize, tool: &crate::answer::ToolUse) {
        let call = json!({"tool_calls": [{
            "id": format!("chatcmpl-tool-{:08x}{position:08x}", self.tokens),
            "type": "function",
            "index": position,
            "function": {"name": tool.name, "arguments": ""},
        }]});
        self.choice(index, None, 0, |out| out.put_slice(call.to_string().as_bytes()));
        for piece in tool.json.iter() {
            let part = json!({"tool_calls": [{"index": position, "function": {"arguments": piece}}]});
            self.token(index, |out| out.put_slice(part.to_string().as_bytes()));
        }
    }

    fn finish(&mut self, index: u32, reason: &str) {
        let delta: &[u8] = match self.wire {
            Wire::Vllm => br#"{"content":""}"#,
            _ => b"{}",
        };
        self.choice(index, Some(reason), 0, |out| out.put_slice(delta));
    }

    fn choice(&mut self, index: u32, finish: Option<&str>, tokens: u64, delta: impl FnOnce(&mut BytesMut)) {
        self.tokens += tokens;
        self.out.put_slice(self.head.as_bytes());
        self.out.put_slice(br#"{"index":"#);
        self.out.put_slice(index.to_string().as_bytes());
        self.out.put_slice(br#","delta":"#);
        delta(&mut self.out);
        self.out.put_slice(br#","logprobs":null,"finish_reason":"#);
        match finish {
            None => self.out.put_slice(b"null"),
            Some(reason) => text(&mut self.out, reason),
        }
        if self.wire == Wire::Vllm {
            self.out.put_slice(if finish.is_some() {
                br#","stop_reason":null,"token_ids":null"#
            } else {
                br#","token_ids":null"#
            });
        }
        self.out.put_slice(b"}]");
        if self.usage.on_each && self.wire == Wire::Vllm {
            let so_far = usage(self.wire, self.answer, self.tokens);
            self.out.put_slice(format!(r#","usage":{so_far}"#).as_bytes());
        } else if self.usage.at_end && self.wire != Wire::Vllm {
            self.out.put_slice(br#","usage":null"#);
        }
        self.close(tokens);
    }

    fn close(&mut self, tokens: u64) {
        self.out.put_slice(b"}\n\n");
        let bytes: Bytes = self.out.split().freeze();
        self.frames.push(Frame { bytes, tokens });
    }

    fn end(mut self) -> Vec<Frame> {
        if self.usage.at_end {
            let usage = usage(self.wire, self.answer, self.tokens);
            self.out.put_slice(self.head.as_bytes());
            self.out.put_slice(format!(r#"],"usage":{usage}"#).as_bytes());
            self.close(0);
        }
        self.frames.push(Frame::plain(&b"data: [DONE]\n\n"[..]));
        self.frames
    }
}
