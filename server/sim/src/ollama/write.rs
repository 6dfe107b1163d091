//! Ollama's answers: lines of a stream, or one body.

use serde_json::{Value, json};
use tokio::time::Instant;

use super::lists::timestamp;
use crate::{
    compose::{Answer, Finish, Pieces, Said, ToolUse, logprob},
    deliver::Frame,
    failure::Wire,
};

/// Which route's lines are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Chat,
    Generate,
}

pub struct Writer<'a> {
    pub model: String,
    pub answer: &'a Answer,
    pub began: Instant,
    /// Milliseconds to the first token, tokens a second.
    pub pace: (u64, f64),
    /// How many likeliest tokens to tell at each place.
    pub logprobs: Option<u32>,
    pub form: Form,
    /// The prompt's tokens, which `/api/generate` gives back.
    pub context: Vec<u32>,
}

impl Writer<'_> {
    /// Thoughts, then text or tool calls, then the last line with the counts.
    pub fn frames(&self) -> Vec<Frame> {
        let thoughts = self.answer.reasoning.iter().flat_map(Pieces::iter);
        let mut frames: Vec<_> = thoughts.map(|piece| self.line("", piece, &[], None, 1)).collect();
        match &self.answer.said {
            Said::Text(pieces) => frames.extend(pieces.iter().map(|piece| {
                let logprobs = self.logprobs.map(|top| json!([entry(piece, top)]));
                self.line(piece, "", &[], logprobs, 1)
            })),
            // Each call comes whole.
            Said::Tools(uses) => frames.extend(
                uses.iter()
                    .enumerate()
                    .map(|(index, tool)| self.line("", "", &[tool_call(index, tool)], None, tool.json.len())),
            ),
        }
        let last = self.last("", "", &[]);
        frames.push(Frame::plain(Wire::Ollama.frame(&last.to_string())));
        frames
    }

    pub fn whole(&self) -> String {
        let thoughts = self.answer.reasoning.as_ref().map_or("", |pieces| pieces.text.as_str());
        let calls: Vec<_> =
            self.answer.tools().iter().enumerate().map(|(index, tool)| tool_call(index, tool)).collect();
        let mut last = self.last(self.answer.text(), thoughts, &calls);
        if let (Some(top), Said::Text(pieces)) = (self.logprobs, &self.answer.said) {
            last["logprobs"] = pieces.iter().map(|piece| entry(piece, top)).collect();
        }
        last.to_string()
    }

    fn said(&self, text: &str, thought: &str, calls: &[Value]) -> Value {
        let mut line = json!({"model": self.model, "created_at": timestamp()});
        let (place, key) = match self.form {
            Form::Chat => {
                line["message"] = json!({"role": "assistant"});
                (&mut line["message"], "content")
            }
            Form::Generate => (&mut line, "response"),
        };
        place[key] = text.into();
        if !thought.is_empty() {
            place["thinking"] = thought.into();
        }
        if !calls.is_empty() {
            place["tool_calls"] = json!(calls);
        }
        line
    }

    fn line(
        &self,
        text: &str,
        thought: &str,
        calls: &[Value],
        logprobs: Option<Value>,
        tokens: u64,
    ) -> Frame {
        let mut line = self.said(text, thought, calls);
        line["done"] = false.into();
        if let Some(logprobs) = logprobs {
            line["logprobs"] = logprobs;
        }
        Frame { bytes: Wire::Ollama.frame(&line.to_string()).into(), tokens }
    }

    fn last(&self, text: &str, thought: &str, calls: &[Value]) -> Value {
        let tokens = self.answer.completion_tokens();
        let (ttft_ms, rate) = self.pace;
        let prefill = ttft_ms * 1_000_000;
        let generation = if rate > 0.0 { (tokens as f64 / rate * 1e9) as u64 } else { tokens * 1000 };
        let load = self.began.elapsed().as_nanos() as u64;
        let mut line = self.said(text, thought, calls);
        // A call of tools ends with `stop` too.
        let reason = if self.answer.finish == Finish::Length { "length" } else { "stop" };
        let counts = json!({
            "done": true,
            "done_reason": reason,
            "total_duration": load + prefill + generation,
            "load_duration": load,
            "prompt_eval_count": self.answer.prompt_tokens,
            "prompt_eval_duration": prefill,
            "eval_count": tokens,
            "eval_duration": generation,
        });
        if let (Value::Object(line), Value::Object(counts)) = (&mut line, counts) {
            line.extend(counts);
        }
        if self.form == Form::Generate {
            line["context"] = json!(self.context);
        }
        line
    }
}

fn entry(token: &str, top: u32) -> Value {
    let (own, likeliest) = logprob(token, top);
    let mut entry = json!({"token": token, "logprob": own, "bytes": token.as_bytes()});
    if top > 0 {
        entry["top_logprobs"] = likeliest
            .iter()
            .map(|other| json!({"token": other.token, "logprob": other.logprob, "bytes": other.token.as_bytes()}))
            .collect();
    }
    entry
}

fn tool_call(index: usize, tool: &ToolUse) -> Value {
    json!({
        "id": format!("call_{index:08x}"),
        "function": {"index": index, "name": tool.name, "arguments": tool.arguments},
    })
}
