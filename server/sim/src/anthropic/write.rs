//! Answers of `/v1/messages`: content blocks, streamed as named events.

use serde_json::{Value, json};

use crate::{
    compose::{Answer, Finish, Pieces, ToolUse},
    deliver::Frame,
};

pub struct Writer<'a> {
    pub id: String,
    pub model: &'a str,
    pub answer: &'a Answer,
}

fn event(body: &Value, tokens: u64) -> Frame {
    let name = body["type"].as_str().unwrap_or("message");
    Frame { bytes: format!("event: {name}\ndata: {body}\n\n").into(), tokens }
}

impl Writer<'_> {
    pub fn whole(&self) -> String {
        let mut content = Vec::new();
        if let Some(thoughts) = &self.answer.reasoning {
            content.push(json!({"type": "thinking", "thinking": thoughts.text, "signature": "c2ltdWxhdGVk"}));
        }
        if !self.answer.text().is_empty() {
            content.push(json!({"type": "text", "text": self.answer.text()}));
        }
        for (at, tool) in self.answer.tools().iter().enumerate() {
            let id = self.tool_id(at);
            content.push(json!({"type": "tool_use", "id": id, "name": tool.name, "input": tool.arguments}));
        }
        let mut message = self.message(content);
        message["stop_reason"] = self.stop_reason().into();
        message["stop_sequence"] = json!(self.answer.stopped_by);
        message["usage"] = self.usage(self.answer.completion_tokens());
        message.to_string()
    }

    fn message(&self, content: Vec<Value>) -> Value {
        json!({
            "id": self.id, "type": "message", "role": "assistant", "model": self.model, "content": content,
            "stop_reason": null, "stop_sequence": null, "usage": self.usage(1),
        })
    }

    fn tool_id(&self, at: usize) -> String {
        format!("toolu_{}{at:02x}", self.id.trim_start_matches("msg_"))
    }

    fn stop_reason(&self) -> &'static str {
        match (self.answer.finish, &self.answer.stopped_by) {
            (Finish::ToolCalls, _) => "tool_use",
            (Finish::Length, _) => "max_tokens",
            (Finish::Stop, Some(_)) => "stop_sequence",
            (Finish::Stop, None) => "end_turn",
        }
    }

    /// Tokens read from the cache are told apart from the other ones of the prompt.
    fn usage(&self, output: u64) -> Value {
        let Answer { prompt_tokens: prompt, cached_tokens: cached, .. } = *self.answer;
        json!({
            "input_tokens": prompt - cached, "cache_creation_input_tokens": 0, "cache_read_input_tokens": cached,
            "output_tokens": output, "service_tier": "standard",
        })
    }

    pub fn frames(&self) -> Vec<Frame> {
        let start = json!({"type": "message_start", "message": self.message(vec![])});
        let mut frames = vec![event(&start, 0), event(&json!({"type": "ping"}), 0)];
        let mut index = 0;
        if let Some(thoughts) = &self.answer.reasoning {
            let block = json!({"type": "thinking", "thinking": "", "signature": ""});
            let signature = json!({"type": "signature_delta", "signature": "c2ltdWxhdGVk"});
            let delta = |piece: &str| json!({"type": "thinking_delta", "thinking": piece});
            block_frames(&mut frames, index, &block, thoughts, delta, Some(signature));
            index += 1;
        }
        if !self.answer.text().is_empty() {
            let pieces = Pieces::of(self.answer.text().to_owned());
            let delta = |piece: &str| json!({"type": "text_delta", "text": piece});
            block_frames(&mut frames, index, &json!({"type": "text", "text": ""}), &pieces, delta, None);
            index += 1;
        }
        for (at, tool) in self.answer.tools().iter().enumerate() {
            self.tool_frames(&mut frames, index, at, tool);
            index += 1;
        }
        let delta = json!({"stop_reason": self.stop_reason(), "stop_sequence": self.answer.stopped_by});
        let usage = self.usage(self.answer.completion_tokens());
        frames.push(event(&json!({"type": "message_delta", "delta": delta, "usage": usage}), 0));
        frames.push(event(&json!({"type": "message_stop"}), 0));
        frames
    }

    fn tool_frames(&self, frames: &mut Vec<Frame>, index: usize, at: usize, tool: &ToolUse) {
        let block = json!({"type": "tool_use", "id": self.tool_id(at), "name": tool.name, "input": {}});
        let delta = |piece: &str| json!({"type": "input_json_delta", "partial_json": piece});
        block_frames(frames, index, &block, &tool.json, delta, None);
    }
}

fn block_frames(
    frames: &mut Vec<Frame>,
    index: usize,
    block: &Value,
    pieces: &Pieces,
    delta: impl Fn(&str) -> Value,
    last: Option<Value>,
) {
    frames.push(event(&json!({"type": "content_block_start", "index": index, "content_block": block}), 0));
    let framed = |delta: Value| json!({"type": "content_block_delta", "index": index, "delta": delta});
    frames.extend(pieces.iter().map(|piece| event(&framed(delta(piece)), 1)));
    frames.extend(last.map(|last| event(&framed(last), 0)));
    frames.push(event(&json!({"type": "content_block_stop", "index": index}), 0));
}
