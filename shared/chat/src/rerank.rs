//! `POST /v1/rerank`: which documents fit a query best. The form that Cohere, Jina and vLLM share.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{EmbeddingUsage, Rest};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RerankRequest {
    pub model: String,
    pub query: String,
    pub documents: Vec<RerankDocument>,
    /// The most results wanted; all when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_n: Option<u32>,
    /// Whether results repeat their document.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub return_documents: Option<bool>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// A text, or an object with a `text`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged, expecting = "expected a string or an object with a `text`")]
pub enum RerankDocument {
    Text(String),
    Object {
        text: String,
        #[serde(flatten)]
        rest: Rest,
    },
}

impl RerankDocument {
    pub fn text(&self) -> &str {
        match self {
            Self::Text(text) | Self::Object { text, .. } => text,
        }
    }
}

impl From<&str> for RerankDocument {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl RerankRequest {
    /// Bytes of text that the model reads: the query goes with every document.
    pub fn prompt_bytes(&self) -> usize {
        self.documents.iter().map(|document| self.query.len() + document.text().len()).sum()
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RerankResponse {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// The best first.
    pub results: Vec<RerankResult>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<EmbeddingUsage>,
    #[serde(flatten)]
    pub rest: Rest,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RerankResult {
    /// Which of the request's documents.
    pub index: u32,
    pub relevance_score: f64,
    /// `{"text":…}`, when asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub document: Option<Value>,
    #[serde(flatten)]
    pub rest: Rest,
}
