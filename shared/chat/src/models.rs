//! `GET /v1/models`: OpenRouter's model list, which also satisfies OpenAI's schema.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Rest;

/// OpenAI reads `object` and `data`; OpenRouter's clients also `total_count` and `links`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelList {
    pub object: String,
    pub data: Vec<Model>,
    pub total_count: u64,
    pub links: Rest,
}

impl ModelList {
    /// A whole list, in one page.
    pub fn of(data: Vec<Model>) -> Self {
        Self { object: "list".to_owned(), total_count: data.len() as u64, data, links: Rest::new() }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    /// What a caller names.
    pub id: String,
    /// Always `model`.
    pub object: String,
    /// Seconds since 1970.
    pub created: i64,
    pub owned_by: String,
    pub canonical_slug: String,
    /// For people.
    pub name: String,
    #[serde(default)]
    pub description: String,
    /// Tokens of prompt and completion together.
    pub context_length: u64,
    pub architecture: Architecture,
    pub pricing: Pricing,
    pub top_provider: TopProvider,
    #[serde(default)]
    pub per_request_limits: Option<Value>,
    pub supported_parameters: Vec<String>,
    #[serde(default)]
    pub default_parameters: Option<Value>,
    pub links: ModelLinks,
    /// Extension of ours: every deployment that may serve the caller stands outside the platform.
    #[serde(default)]
    pub external: bool,
}

impl Model {
    pub const OBJECT: &'static str = "model";
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Architecture {
    /// Inputs and outputs, for example `text+image->text`.
    pub modality: String,
    pub input_modalities: Vec<String>,
    pub output_modalities: Vec<String>,
    pub tokenizer: String,
    #[serde(default)]
    pub instruct_type: Option<String>,
}

impl Architecture {
    pub fn of(input_modalities: Vec<String>, output_modalities: Vec<String>) -> Self {
        Self {
            modality: format!("{}->{}", input_modalities.join("+"), output_modalities.join("+")),
            input_modalities,
            output_modalities,
            tokenizer: "Other".to_owned(),
            instruct_type: None,
        }
    }
}

/// Decimal strings, in the price list's currency per token (or per request).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    pub prompt: String,
    pub completion: String,
    pub request: String,
    pub image: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_cache_read: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TopProvider {
    pub context_length: u64,
    #[serde(default)]
    pub max_completion_tokens: Option<u64>,
    pub is_moderated: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelLinks {
    pub details: String,
}
