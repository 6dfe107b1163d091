//! How many tokens a call took.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Number;

use crate::Rest;

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Usage {
    #[serde(default, deserialize_with = "or_default")]
    pub prompt_tokens: u64,
    /// Reasoning included. Engines write `null` before the first token.
    #[serde(default, deserialize_with = "or_default")]
    pub completion_tokens: u64,
    #[serde(default, deserialize_with = "or_default")]
    pub total_tokens: u64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens_details: Option<PromptTokensDetails>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens_details: Option<CompletionTokensDetails>,
    /// Extension of OpenRouter's: what the call cost, in the currency of the price list.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<Number>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl Usage {
    pub fn of(prompt_tokens: u64, completion_tokens: u64) -> Self {
        Self {
            prompt_tokens,
            completion_tokens,
            total_tokens: prompt_tokens.saturating_add(completion_tokens),
            ..Self::default()
        }
    }

    /// Prompt tokens that the engine found in its prefix cache.
    pub fn cached_tokens(&self) -> u64 {
        self.prompt_tokens_details.as_ref().map_or(0, |details| details.cached_tokens)
    }

    /// Completion tokens spent on reasoning.
    pub fn reasoning_tokens(&self) -> u64 {
        self.completion_tokens_details.as_ref().map_or(0, |details| details.reasoning_tokens)
    }
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct PromptTokensDetails {
    #[serde(default, deserialize_with = "or_default")]
    pub cached_tokens: u64,
    #[serde(flatten)]
    pub rest: Rest,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct CompletionTokensDetails {
    #[serde(default, deserialize_with = "or_default")]
    pub reasoning_tokens: u64,
    #[serde(flatten)]
    pub rest: Rest,
}

fn or_default<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u64, D::Error> {
    Option::<u64>::deserialize(deserializer).map(Option::unwrap_or_default)
}
