//! `POST /v1/completions`: the older text completion. Source: OpenAI's OpenAPI document, `CreateCompletionRequest`.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::{ErrorObject, Rest, Stop, StreamOptions, TextOrTokens, Usage};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompletionRequest {
    pub model: String,
    pub prompt: TextOrTokens,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<StreamOptions>,
    /// 16 when absent, as OpenAI has it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<Number>,
    /// Answers wanted for each prompt; each is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub n: Option<u32>,
    /// Answers made for each prompt, of which the best `n` are returned; each is billed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub best_of: Option<u32>,
    /// Whether the answer begins with the prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echo: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop: Option<Stop>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seed: Option<i64>,
    /// The caller's own end user, opaque to us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl CompletionRequest {
    pub fn new(model: impl Into<String>, prompt: impl Into<TextOrTokens>) -> Self {
        Self {
            model: model.into(),
            prompt: prompt.into(),
            stream: None,
            stream_options: None,
            max_tokens: None,
            temperature: None,
            top_p: None,
            n: None,
            best_of: None,
            echo: None,
            stop: None,
            seed: None,
            user: None,
            rest: Rest::new(),
        }
    }

    pub fn wants_stream(&self) -> bool {
        self.stream.unwrap_or(false)
    }

    /// Whether the caller asked for a last chunk that carries the usage.
    pub fn wants_stream_usage(&self) -> bool {
        self.stream_options.as_ref().and_then(|options| options.include_usage).unwrap_or(false)
    }
}

/// The answer, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompletionResponse {
    pub id: String,
    /// Always `text_completion`.
    pub object: String,
    /// Seconds since 1970.
    pub created: i64,
    pub model: String,
    pub choices: Vec<CompletionChoice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl CompletionResponse {
    pub const OBJECT: &'static str = "text_completion";
}

/// One answer, or in a stream a piece of one.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CompletionChoice {
    pub index: u32,
    pub text: String,
    /// Null before a stream's last piece.
    #[serde(default)]
    pub finish_reason: Option<String>,
    #[serde(default)]
    pub logprobs: Option<Value>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// One event of a streamed answer: the same shape, with `usage` on the last and `error` where a stream broke.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CompletionChunk {
    pub id: String,
    /// Always `text_completion`.
    pub object: String,
    /// Seconds since 1970.
    pub created: i64,
    pub model: String,
    /// Empty on the last chunk when it carries the usage.
    pub choices: Vec<CompletionChoice>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error: Option<ErrorObject>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl CompletionChunk {
    pub fn new(id: impl Into<String>, created: i64, model: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            object: CompletionResponse::OBJECT.to_owned(),
            created,
            model: model.into(),
            choices: Vec::new(),
            usage: None,
            error: None,
            rest: Rest::new(),
        }
    }
}
