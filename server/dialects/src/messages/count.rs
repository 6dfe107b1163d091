//! `POST /v1/messages/count_tokens`.

use serde::{Deserialize, Serialize};
use shared_chat::{ChatRequest, Rest};

use super::{InputMessage, MessagesRequest, TextOrBlocks, to_chat};
use crate::Refused;

/// A message that is only to be measured: the same fields, without those of the answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CountTokensRequest {
    pub model: String,
    pub messages: Vec<InputMessage>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system: Option<TextOrBlocks>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Rest>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<Rest>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl CountTokensRequest {
    /// The chat request whose prompt is to be counted. Thinking takes nothing of a prompt.
    pub fn to_chat(&self) -> Result<ChatRequest, Refused> {
        let mut rest = self.rest.clone();
        for answers in ["thinking", "output_config", "output_format", "max_tokens", "stream"] {
            rest.remove(answers);
        }
        let request = MessagesRequest {
            model: self.model.clone(),
            max_tokens: 1,
            messages: self.messages.clone(),
            system: self.system.clone(),
            stream: None,
            temperature: None,
            top_p: None,
            top_k: None,
            stop_sequences: None,
            tools: self.tools.clone(),
            tool_choice: self.tool_choice.clone(),
            thinking: None,
            output_config: None,
            metadata: None,
            service_tier: None,
            rest,
        };
        let mut chat = to_chat(&request)?;
        chat.max_completion_tokens = None;
        Ok(chat)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountTokensResponse {
    pub input_tokens: u64,
}
