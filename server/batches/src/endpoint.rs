//! What the lines of a batch may call.

use std::{fmt, str::FromStr};

/// One endpoint for all lines of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Endpoint {
    ChatCompletions,
    Completions,
    Embeddings,
    Responses,
}

impl Endpoint {
    pub const ALL: [Self; 4] = [Self::ChatCompletions, Self::Completions, Self::Embeddings, Self::Responses];

    /// The path that lines name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ChatCompletions => "/v1/chat/completions",
            Self::Completions => "/v1/completions",
            Self::Embeddings => "/v1/embeddings",
            Self::Responses => "/v1/responses",
        }
    }

    /// All of them, for a message.
    pub(crate) fn listed() -> String {
        Self::ALL.map(|endpoint| format!("`{}`", endpoint.as_str())).join(", ")
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A path that batches cannot call.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an endpoint of batches: expected one of {}", Endpoint::listed())]
pub struct UnknownEndpoint;

impl FromStr for Endpoint {
    type Err = UnknownEndpoint;
    fn from_str(text: &str) -> Result<Self, UnknownEndpoint> {
        Self::ALL.into_iter().find(|endpoint| endpoint.as_str() == text).ok_or(UnknownEndpoint)
    }
}
