//! `POST /v1/moderations`. Source: OpenAI's OpenAPI document, `CreateModerationRequest`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Rest;

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModerationRequest {
    /// The platform's choice when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    pub input: ModerationInput,
    #[serde(flatten)]
    pub rest: Rest,
}

/// A text, several texts (a result each), or parts of one input.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(
    untagged,
    expecting = "expected a string, an array of strings or an array of objects with `type` text or image_url"
)]
pub enum ModerationInput {
    Text(String),
    Texts(Vec<String>),
    /// `{"type":"text","text":…}` or `{"type":"image_url","image_url":{"url":…}}`.
    Parts(Vec<ModerationPart>),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ModerationPart {
    Text { text: String },
    ImageUrl { image_url: Value },
}

impl ModerationInput {
    /// The texts to judge, one for each result; None when an image is among the parts.
    pub fn texts(&self) -> Option<Vec<String>> {
        match self {
            Self::Text(text) => Some(vec![text.clone()]),
            Self::Texts(texts) => Some(texts.clone()),
            Self::Parts(parts) => {
                let texts: Option<Vec<&str>> = parts
                    .iter()
                    .map(|part| match part {
                        ModerationPart::Text { text } => Some(text.as_str()),
                        ModerationPart::ImageUrl { .. } => None,
                    })
                    .collect();
                Some(vec![texts?.join("\n")])
            }
        }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModerationResponse {
    pub id: String,
    pub model: String,
    pub results: Vec<ModerationResult>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// Every category of [`MODERATION_CATEGORIES`] is a key of the three maps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModerationResult {
    pub flagged: bool,
    pub categories: BTreeMap<String, bool>,
    /// From 0 to 1.
    pub category_scores: BTreeMap<String, f64>,
    /// Which kinds of input a category was judged by: `text`, `image`.
    pub category_applied_input_types: BTreeMap<String, Vec<String>>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// OpenAI's categories.
pub const MODERATION_CATEGORIES: [&str; 13] = [
    "harassment",
    "harassment/threatening",
    "hate",
    "hate/threatening",
    "illicit",
    "illicit/violent",
    "self-harm",
    "self-harm/instructions",
    "self-harm/intent",
    "sexual",
    "sexual/minors",
    "violence",
    "violence/graphic",
];
