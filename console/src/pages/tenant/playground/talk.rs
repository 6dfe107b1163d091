//! A conversation with one model: what was said, what was answered, how fast and at what price.

use serde::Deserialize;
use serde_json::{Value, json};

/// What was said to the model.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A text and its images, as `data:` URLs.
    Text { text: String, images: Vec<String> },
    /// What the tools that it called gave back: the call's id and the text.
    Results(Vec<(String, String)>),
}

/// One exchange.
#[derive(Debug, Clone, PartialEq)]
pub struct Turn {
    pub said: Said,
    pub answer: Answer,
}

impl Turn {
    pub fn new(said: Said, answer: Answer) -> Self {
        Self { said, answer }
    }

    /// The messages that a later request repeats. An answer that failed before its first word is left out.
    pub fn messages(&self) -> Vec<Value> {
        let mut messages = match &self.said {
            Said::Text { text, images } if images.is_empty() => {
                vec![json!({ "role": "user", "content": text })]
            }
            Said::Text { text, images } => {
                let image = |url: &String| json!({ "type": "image_url", "image_url": { "url": url } });
                let text = json!({ "type": "text", "text": text });
                let parts: Vec<_> = std::iter::once(text).chain(images.iter().map(image)).collect();
                vec![json!({ "role": "user", "content": parts })]
            }
            Said::Results(results) => results
                .iter()
                .map(|(id, text)| json!({ "role": "tool", "tool_call_id": id, "content": text }))
                .collect(),
        };
        messages.extend(self.answer.message());
        messages
    }
}

/// A call of a tool, its arguments joined from their pieces.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    pub arguments: String,
}

/// An answer, whole or on its way. Moments are milliseconds of the browser's clock.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Answer {
    pub text: String,
    pub reasoning: String,
    pub tools: Vec<ToolCall>,
    /// Why it ended; None while it has not.
    pub finish: Option<String>,
    pub error: Option<String>,
    /// Whether it was stopped by hand.
    pub stopped: bool,
    pub asked_at: f64,
    pub first_at: Option<f64>,
    pub last_at: f64,
    /// Events with content: about as many tokens.
    pub pieces: u32,
    pub usage: Option<Usage>,
    /// The text as Markdown was rendered; None while it comes, or where it could not be.
    pub html: Option<String>,
    /// How the text begins, rendered, while more of it comes.
    pub settled: Settled,
}

/// The paragraphs of an answer that are whole, as Markdown.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Settled {
    /// Of the text.
    pub bytes: usize,
    pub html: String,
}

/// What the last event says of an answer's tokens and cost.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Usage {
    #[serde(default)]
    pub prompt_tokens: u64,
    #[serde(default)]
    pub completion_tokens: u64,
    /// In the currency of the price; exact.
    #[serde(default)]
    pub cost: Option<serde_json::Number>,
}

impl Answer {
    pub fn asked(now: f64) -> Self {
        Self { asked_at: now, last_at: now, ..Self::default() }
    }

    /// Milliseconds to the first token.
    pub fn first_token_ms(&self) -> Option<f64> {
        self.first_at.map(|first| first - self.asked_at)
    }

    /// Tokens of the answer: as counted by the engine, until then the pieces that came.
    pub fn tokens(&self) -> u64 {
        self.usage.as_ref().map_or(u64::from(self.pieces), |usage| usage.completion_tokens)
    }

    /// Tokens a second after the first one.
    pub fn rate(&self) -> Option<f64> {
        let seconds = (self.last_at - self.first_at?) / 1000.0;
        let after_first = self.tokens().saturating_sub(1);
        (seconds > 0.0 && after_first > 0).then(|| after_first as f64 / seconds)
    }

    /// The calls that wait for a result.
    pub fn open_calls(&self) -> &[ToolCall] {
        if self.finish.is_some() && self.error.is_none() { &self.tools } else { &[] }
    }

    fn message(&self) -> Option<Value> {
        if self.text.is_empty() && self.tools.is_empty() {
            return None;
        }
        let mut message = json!({ "role": "assistant", "content": self.text });
        if !self.tools.is_empty() {
            let call = |call: &ToolCall| {
                let function = json!({ "name": call.name, "arguments": call.arguments });
                json!({ "id": call.id, "type": "function", "function": function })
            };
            message["tool_calls"] = self.tools.iter().map(call).collect();
        }
        Some(message)
    }
}
