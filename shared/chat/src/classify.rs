//! `POST /classify`, in vLLM's form: what a classifier answers. Moderations are made of it.

use serde::{Deserialize, Serialize};

use crate::{Rest, TextOrTokens, Usage};

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassifyRequest {
    pub model: String,
    pub input: TextOrTokens,
    #[serde(flatten)]
    pub rest: Rest,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClassifyResponse {
    pub id: String,
    /// Always `list`.
    pub object: String,
    /// Seconds since 1970.
    pub created: i64,
    pub model: String,
    pub data: Vec<Classification>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<Usage>,
    #[serde(flatten)]
    pub rest: Rest,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Classification {
    /// Which input this belongs to.
    pub index: u32,
    /// The likeliest label.
    #[serde(default)]
    pub label: Option<String>,
    /// A probability for each label, in the model's order.
    pub probs: Vec<f64>,
    pub num_classes: u32,
    /// Extension: the labels that `probs` belong to, where the engine tells them (TEI does).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<Vec<String>>,
    #[serde(flatten)]
    pub rest: Rest,
}
