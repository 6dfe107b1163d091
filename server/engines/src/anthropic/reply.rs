//! Whole answers of the Messages API, and what they share with its streams.

use serde::Deserialize;
use serde_json::{Value, json};
use shared_chat::{PromptTokensDetails, Rest, ToolCall, Usage, finish_reason};

use crate::{EngineError, Labels, Payload, answers::own, write};

/// Counts, told whole or piece by piece.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
pub struct Counts {
    pub input_tokens: Option<u64>,
    pub output_tokens: Option<u64>,
    pub cache_read_input_tokens: Option<u64>,
    pub cache_creation_input_tokens: Option<u64>,
}

impl Counts {
    /// Takes over what a later event tells.
    pub fn update(&mut self, later: Self) {
        self.input_tokens = later.input_tokens.or(self.input_tokens);
        self.output_tokens = later.output_tokens.or(self.output_tokens);
        self.cache_read_input_tokens = later.cache_read_input_tokens.or(self.cache_read_input_tokens);
        self.cache_creation_input_tokens =
            later.cache_creation_input_tokens.or(self.cache_creation_input_tokens);
    }

    /// OpenAI counts what came from the cache as part of the prompt; Anthropic counts it apart.
    pub fn usage(self) -> Usage {
        let cached = self.cache_read_input_tokens.unwrap_or(0);
        let written = self.cache_creation_input_tokens.unwrap_or(0);
        let prompt = self.input_tokens.unwrap_or(0).saturating_add(cached).saturating_add(written);
        let mut details = PromptTokensDetails { cached_tokens: cached, rest: Rest::new() };
        if written > 0 {
            details.rest.insert("cache_write_tokens".to_owned(), written.into());
        }
        Usage {
            prompt_tokens_details: (cached > 0 || written > 0).then_some(details),
            ..Usage::of(prompt, self.output_tokens.unwrap_or(0))
        }
    }
}

pub fn finish(stop_reason: Option<&str>) -> &'static str {
    match stop_reason {
        Some("max_tokens" | "model_context_window_exceeded") => finish_reason::LENGTH,
        Some("tool_use") => finish_reason::TOOL_CALLS,
        Some("refusal") => "content_filter",
        _ => finish_reason::STOP,
    }
}

#[derive(Deserialize)]
struct Answer {
    #[serde(rename = "type")]
    kind: String,
    content: Vec<Block>,
    stop_reason: Option<String>,
    stop_sequence: Option<String>,
    usage: Counts,
}

#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Block {
    Text {
        text: String,
    },
    Thinking {
        thinking: String,
        signature: Option<String>,
    },
    RedactedThinking {
        data: String,
    },
    ToolUse {
        id: String,
        name: String,
        input: Value,
    },
    /// What tools of Anthropic's own did.
    #[serde(other)]
    Other,
}

/// A block of thinking, to be given back as it is in the next turn.
fn thought(thinking: String, signature: Option<String>) -> Value {
    json!({"type": "thinking", "thinking": thinking, "signature": signature.unwrap_or_default()})
}

pub fn redacted(data: &str) -> Value {
    json!({"type": "redacted_thinking", "data": data})
}

pub fn whole(body: &[u8], labels: &Labels) -> Result<Payload, EngineError> {
    let answer: Answer = own(body)?;
    if answer.kind != "message" {
        return Err(EngineError::malformed());
    }
    let mut said = write::Answer {
        finish_reason: finish(answer.stop_reason.as_deref()),
        stop_reason: answer.stop_sequence,
        usage: answer.usage.usage(),
        ..write::Answer::default()
    };
    for block in answer.content {
        match block {
            Block::Text { text } => said.content.push_str(&text),
            Block::Thinking { thinking, signature } => {
                said.reasoning.push_str(&thinking);
                said.thinking_blocks.push(thought(thinking, signature));
            }
            Block::RedactedThinking { data } => said.thinking_blocks.push(redacted(&data)),
            Block::ToolUse { id, name, input } => {
                said.calls.push(ToolCall::function(id, name, input.to_string()));
            }
            Block::Other => {}
        }
    }
    write::response(labels, said)
}
