//! A block of an answer as an output item.

use serde_json::{Value, json};

use super::custom;
use crate::assembly::Block;

/// What items are made with.
#[derive(Debug, Clone)]
pub(super) struct Shape {
    /// What ids are made of.
    pub(super) stem: String,
    /// Reasoning appears as its summary.
    pub(super) summary: bool,
    /// The caller asked for the tokens' probabilities.
    pub(super) logprobs: bool,
    /// Names of the tools that take free text.
    pub(super) custom: Vec<String>,
}

pub(super) const IN_PROGRESS: &str = "in_progress";
pub(super) const COMPLETED: &str = "completed";
pub(super) const INCOMPLETE: &str = "incomplete";

impl Shape {
    /// The item's id, the same from its first event to the end.
    pub(super) fn id(&self, index: usize, block: &Block) -> String {
        let prefix = match block {
            Block::Reasoning { .. } | Block::Sealed { .. } => "rs",
            Block::Text { .. } | Block::Refusal { .. } => "msg",
            block if self.is_custom(block) => "ctc",
            Block::Call { .. } => "fc",
        };
        format!("{prefix}_{}_{index}", self.stem)
    }

    /// Whether it calls a tool that takes free text.
    pub(super) fn is_custom(&self, block: &Block) -> bool {
        matches!(block, Block::Call { name, .. } if self.custom.contains(name))
    }

    /// The item with its content.
    pub(super) fn item(&self, index: usize, block: &Block, status: &str) -> Value {
        self.make(index, block, status, vec![self.part(block)])
    }

    /// The item as it is announced.
    pub(super) fn empty(&self, index: usize, block: &Block) -> Value {
        self.make(index, block, IN_PROGRESS, Vec::new())
    }

    fn make(&self, index: usize, block: &Block, status: &str, parts: Vec<Value>) -> Value {
        let id = self.id(index, block);
        match block {
            Block::Reasoning { .. } if self.summary => {
                json!({"type": "reasoning", "id": id, "summary": parts, "status": status})
            }
            Block::Sealed { .. } => json!({"type": "reasoning", "id": id, "summary": [], "status": status}),
            Block::Reasoning { .. } => {
                json!({"type": "reasoning", "id": id, "summary": [], "content": parts, "status": status})
            }
            Block::Text { .. } | Block::Refusal { .. } => {
                json!({"type": "message", "id": id, "role": "assistant", "status": status, "content": parts})
            }
            Block::Call { id: call_id, name, arguments } if self.is_custom(block) => json!({
                "type": "custom_tool_call", "id": id, "call_id": call_id, "name": name, "status": status,
                "input": if arguments.is_empty() { String::new() } else { custom::input(arguments) },
            }),
            Block::Call { id: call_id, name, arguments } => json!({
                "type": "function_call", "id": id, "call_id": call_id, "name": name, "arguments": arguments,
                "status": status,
            }),
        }
    }

    /// The one part of the item's content or summary.
    pub(super) fn part(&self, block: &Block) -> Value {
        match block {
            Block::Reasoning { text, .. } if self.summary => json!({"type": "summary_text", "text": text}),
            Block::Reasoning { text, .. } => json!({"type": "reasoning_text", "text": text}),
            Block::Text { text, logprobs } => {
                json!({"type": "output_text", "text": text, "annotations": [], "logprobs": self.logprobs(logprobs)})
            }
            Block::Refusal { text } => json!({"type": "refusal", "refusal": text}),
            Block::Call { .. } | Block::Sealed { .. } => Value::Null,
        }
    }

    /// Probabilities in this dialect, none unless asked for.
    pub(super) fn logprobs(&self, chat: &[Value]) -> Vec<Value> {
        if !self.logprobs {
            return Vec::new();
        }
        chat.iter()
            .map(|token| {
                let mut entry = entry(token);
                let top = token["top_logprobs"].as_array().map(Vec::as_slice).unwrap_or_default();
                entry["top_logprobs"] = top.iter().map(self::entry).collect();
                entry
            })
            .collect()
    }
}

/// One token and its probability. Engines leave out the bytes, which must be there.
fn entry(token: &Value) -> Value {
    let text = token["token"].as_str().unwrap_or_default();
    let bytes = match &token["bytes"] {
        bytes @ Value::Array(_) => bytes.clone(),
        _ => text.as_bytes().into(),
    };
    json!({"token": text, "logprob": token["logprob"].as_f64().unwrap_or_default(), "bytes": bytes})
}
