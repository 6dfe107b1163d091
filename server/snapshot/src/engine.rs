//! Kinds of engines, and what is asked of them.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// What software serves a deployment, and so which API it speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EngineKind {
    Vllm,
    Sglang,
    Ollama,
    /// Hugging Face's text-generation-inference.
    Tgi,
    /// NVIDIA NIM.
    Nim,
    Llamacpp,
    /// Hugging Face's text-embeddings-inference.
    Tei,
    /// Any server that speaks OpenAI's API.
    Openai,
    /// Any server that speaks Anthropic's Messages API.
    Anthropic,
}

/// An engine's name that is none of ours.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "`{0}` is not an engine: expected vllm, sglang, ollama, tgi, nim, llamacpp, tei, openai or anthropic"
)]
pub struct ParseEngineKindError(pub String);

impl EngineKind {
    pub const ALL: [Self; 9] = [
        Self::Vllm,
        Self::Sglang,
        Self::Ollama,
        Self::Tgi,
        Self::Nim,
        Self::Llamacpp,
        Self::Tei,
        Self::Openai,
        Self::Anthropic,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Vllm => "vllm",
            Self::Sglang => "sglang",
            Self::Ollama => "ollama",
            Self::Tgi => "tgi",
            Self::Nim => "nim",
            Self::Llamacpp => "llamacpp",
            Self::Tei => "tei",
            Self::Openai => "openai",
            Self::Anthropic => "anthropic",
        }
    }
}

impl fmt::Display for EngineKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for EngineKind {
    type Err = ParseEngineKindError;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == text)
            .ok_or_else(|| ParseEngineKindError(text.to_owned()))
    }
}

/// What a caller asked for, by endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Operation {
    /// `POST /v1/chat/completions`
    ChatCompletion,
    /// `POST /v1/completions`
    Completion,
    /// `POST /v1/embeddings`
    Embedding,
    /// `POST /v1/rerank`
    Rerank,
    /// `POST /v1/tokenize` and `/v1/detokenize`
    Tokenize,
    /// `POST /v1/moderations`
    Moderation,
    /// `/v1/responses`, by REST or WebSocket
    Response,
    /// `POST /v1/messages`
    Message,
}

impl Operation {
    pub const ALL: [Self; 8] = [
        Self::ChatCompletion,
        Self::Completion,
        Self::Embedding,
        Self::Rerank,
        Self::Tokenize,
        Self::Moderation,
        Self::Response,
        Self::Message,
    ];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChatCompletion => "chat_completion",
            Self::Completion => "completion",
            Self::Embedding => "embedding",
            Self::Rerank => "rerank",
            Self::Tokenize => "tokenize",
            Self::Moderation => "moderation",
            Self::Response => "response",
            Self::Message => "message",
        }
    }
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
