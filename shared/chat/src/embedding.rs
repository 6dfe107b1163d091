//! `POST /v1/embeddings`. Source: OpenAI's OpenAPI document, `CreateEmbeddingRequest`.

use serde::{Deserialize, Serialize};

use crate::{Rest, TextOrTokens};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingRequest {
    pub model: String,
    pub input: TextOrTokens,
    /// `float` when absent. OpenAI's own packages ask for `base64`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding_format: Option<EncodingFormat>,
    /// Length wanted of each vector, for models that can shorten theirs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dimensions: Option<u32>,
    /// The caller's own end user, opaque to us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl EmbeddingRequest {
    pub fn new(model: impl Into<String>, input: impl Into<TextOrTokens>) -> Self {
        Self {
            model: model.into(),
            input: input.into(),
            encoding_format: None,
            dimensions: None,
            user: None,
            rest: Rest::new(),
        }
    }

    pub fn encoding(&self) -> EncodingFormat {
        self.encoding_format.unwrap_or_default()
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum EncodingFormat {
    #[default]
    Float,
    /// Little-endian 32-bit floats, in base64.
    Base64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingResponse {
    /// Always `list`.
    pub object: String,
    pub data: Vec<Embedding>,
    pub model: String,
    pub usage: EmbeddingUsage,
    #[serde(flatten)]
    pub rest: Rest,
}

impl EmbeddingResponse {
    pub const OBJECT: &'static str = "list";
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Embedding {
    /// Always `embedding`.
    pub object: String,
    /// Which input this belongs to.
    pub index: u32,
    pub embedding: Vector,
    #[serde(flatten)]
    pub rest: Rest,
}

impl Embedding {
    pub const OBJECT: &'static str = "embedding";

    pub fn new(index: u32, embedding: Vector) -> Self {
        Self { object: Self::OBJECT.to_owned(), index, embedding, rest: Rest::new() }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Vector {
    Floats(Vec<f32>),
    /// As [`EncodingFormat::Base64`] has it.
    Base64(String),
}

/// What embedding and reranking took: prompts only.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct EmbeddingUsage {
    #[serde(default)]
    pub prompt_tokens: u64,
    #[serde(default)]
    pub total_tokens: u64,
    /// Extension of OpenRouter's: what the call cost, in the currency of the price list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<serde_json::Number>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl EmbeddingUsage {
    pub fn of(prompt_tokens: u64) -> Self {
        Self { prompt_tokens, total_tokens: prompt_tokens, ..Self::default() }
    }
}
