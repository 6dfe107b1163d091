//! The body of `POST /v1/messages`.

use std::fmt;

use serde::{
    Deserialize, Deserializer, Serialize,
    de::{SeqAccess, Visitor},
};
use serde_json::Number;
use shared_chat::Rest;

/// A message asked for. Everything unknown is in `rest`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MessagesRequest {
    pub model: String,
    /// The most tokens that the answer may have; Anthropic's API demands it.
    pub max_tokens: u64,
    pub messages: Vec<InputMessage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<TextOrBlocks>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_k: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_sequences: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Rest>>,
    /// `{"type":"auto"|"any"|"tool"|"none"}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<Rest>,
    /// `{"type":"enabled","budget_tokens":…}`, `{"type":"adaptive"}` or `{"type":"disabled"}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thinking: Option<Rest>,
    /// `effort` and `format`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_config: Option<Rest>,
    /// `{"user_id":…}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Rest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl MessagesRequest {
    pub fn wants_stream(&self) -> bool {
        self.stream.unwrap_or(false)
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InputMessage {
    /// `user` or `assistant`; newer models take `system` too.
    pub role: String,
    pub content: TextOrBlocks,
    #[serde(flatten)]
    pub rest: Rest,
}

/// A text, or content blocks by `type`, kept as they came.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(untagged)]
pub enum TextOrBlocks {
    Text(String),
    Blocks(Vec<Rest>),
}

impl<'de> Deserialize<'de> for TextOrBlocks {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = TextOrBlocks;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string or an array of content blocks")
            }
            fn visit_str<E>(self, text: &str) -> Result<TextOrBlocks, E> {
                Ok(TextOrBlocks::Text(text.to_owned()))
            }
            fn visit_string<E>(self, text: String) -> Result<TextOrBlocks, E> {
                Ok(TextOrBlocks::Text(text))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut blocks: A) -> Result<TextOrBlocks, A::Error> {
                let mut all = Vec::new();
                while let Some(block) = blocks.next_element()? {
                    all.push(block);
                }
                Ok(TextOrBlocks::Blocks(all))
            }
        }
        deserializer.deserialize_any(Reader)
    }
}
