//! Ollama's answers: lines of a stream, or one body.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::lists::timestamp;
use crate::{
    answer::{Answer, Finish, Said, ToolUse},
    deliver::Frame,
    failure::Wire,
};

pub struct Writer<'a> {
    model: String,
    answer: &'a Answer,
    began: Instant,
    /// Milliseconds to the first token, tokens a second.
    pace: (u64, f64),
}

impl<'a> Writer<'a> {
    pub fn new(model: String, answer: &'a Answer, began: Instant, pace: (u64, f64)) -> Self {
        Self { model, answer, began, pace }
    }

    /// Tool calls come before the last line, each with all its tokens.
    pub fn frames(&self) -> Vec<Frame> {
        let mut frames = match &self.answer.said {
            Said::Text(pieces) => pieces
                .iter()
                .map(|piece| self.line(&json!({"role": "assistant", "content": piece}), 1))
                .collect(),
            Said::Tools(uses) => uses
                .iter()
                .enumerate()
                .map(|(index, tool)| {
                    let message =
                        json!({"role": "assistant", "content": "", "tool_calls": [tool_call(index, tool)]});
                    self.line(&message, tool.json.len())
                })
                .collect::<Vec<_>>(),
        };
        let last = self.last(json!({"role": "assistant", "content": ""}));
        frames.push(Frame::plain(Wire::Ollama.frame(&last.to_string())));
        frames
    }

    pub fn whole(&self) -> String {
        let message = match &self.answer.said {
            Said::Text(pieces) => json!({"role": "assistant", "content": pieces.text}),
            Said::Tools(uses) => {
                let calls: Vec<_> =
                    uses.iter().enumerate().map(|(index, tool)| tool_call(index, tool)).collect();
                json!({"role": "assistant", "content": "", "tool_calls": calls})
            }
        };
        self.last(message).to_string()
    }

    fn line(&self, message: &Value, tokens: u64) -> Frame {
        let line = json!({"model": self.model, "created_at": timestamp(), "message": message, "done": false});
        Frame { bytes: Wire::Ollama.frame(&line.to_string()).into(), tokens }
    }

    fn last(&self, message: Value) -> Value {
        let tokens = self.answer.completion_tokens();
        let (ttft_ms, rate) = self.pace;
        let prefill = ttft_ms * 1_000_000;
        let generation = if rate > 0.0 { (tokens as f64 / rate * 1e9) as u64 } else { tokens * 1000 };
        let load = self.began.elapsed().as_nanos() as u64;
        json!({
            "model": self.model,
            "created_at": timestamp(),
            "message": message,
            // A call of tools ends with `stop` too.
            "done_reason": if self.answer.finish == Finish::Length { "length" } else { "stop" },
            "done": true,
            "total_duration": load + prefill + generation,
            "load_duration": load,
            "prompt_eval_count": self.answer.prompt_tokens,
            "prompt_eval_duration": prefill,
            "eval_count": tokens,
            "eval_duration": generation,
        })
    }
}

fn tool_call(index: usize, tool: &ToolUse) -> Value {
    json!({
        "id": format!("call_{index:08x}"),
        "function": {"index": index, "name": tool.name, "arguments": tool.arguments},
    })
}
