//! The body of `POST /v1/responses`.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use shared_chat::Rest;

use super::{Input, Item};

/// A response asked for. Everything that chat has under the same name, and everything unknown, is in `rest`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ResponsesRequest {
    pub model: String,
    /// Needed unless there is a response to go on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input: Option<Input>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub instructions: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_response_id: Option<String>,
    /// Whether to keep the response for later. What is meant by its absence is for the gateway to say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub store: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stream_options: Option<Rest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub include: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tools: Option<Vec<Rest>>,
    /// `"none"`, `"auto"`, `"required"` or an object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_choice: Option<Value>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parallel_tool_calls: Option<bool>,
    /// Concerns built-in tools only, of which there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_tool_calls: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub temperature: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_p: Option<Number>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub top_logprobs: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Rest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Rest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub truncation: Option<String>,
    /// Given back with the response; engines never see it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Rest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub background: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub service_tier: Option<String>,
    /// The caller's own end user, opaque to us.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl ResponsesRequest {
    pub fn new(model: impl Into<String>, input: impl Into<Input>) -> Self {
        Self { model: model.into(), input: Some(input.into()), ..Self::default() }
    }

    pub fn wants_stream(&self) -> bool {
        self.stream.unwrap_or(false)
    }

    /// The request's own items: a bare text is one of the user's.
    pub fn items(&self) -> Vec<Item> {
        match &self.input {
            None => Vec::new(),
            Some(Input::Text(text)) => vec![Item::user(text)],
            Some(Input::Items(items)) => items.clone(),
        }
    }

    /// Puts what `find` knows in the place of items that are only referred to.
    pub fn resolve(&mut self, mut find: impl FnMut(&str) -> Option<Item>) {
        let Some(Input::Items(items)) = &mut self.input else { return };
        for item in items {
            if let Some(found) = item.reference().and_then(&mut find) {
                *item = found;
            }
        }
    }

    pub(super) fn includes(&self, what: &str) -> bool {
        self.include.iter().flatten().any(|one| one == what)
    }

    /// Names of the tools that take free text.
    pub(super) fn custom_tools(&self) -> Vec<String> {
        let custom =
            self.tools.iter().flatten().filter(|tool| tool.get("type").is_some_and(|kind| kind == "custom"));
        custom.filter_map(|tool| tool.get("name")?.as_str().map(str::to_owned)).collect()
    }

    pub(super) fn wants_logprobs(&self) -> bool {
        self.includes("message.output_text.logprobs") || self.top_logprobs.is_some_and(|top| top > 0)
    }

    /// Whether the reasoning is to be shown as its summary. Engines write no summaries: it is the reasoning itself.
    pub(super) fn wants_summary(&self) -> bool {
        let asked = |reasoning: &Rest| {
            ["summary", "generate_summary"]
                .iter()
                .any(|key| reasoning.get(*key).is_some_and(Value::is_string))
        };
        self.reasoning.as_ref().is_some_and(asked)
    }
}

/// What `POST /v1/responses/input_tokens` answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputTokens {
    /// Always `response.input_tokens`.
    pub object: String,
    pub input_tokens: u64,
}

impl InputTokens {
    pub fn of(input_tokens: u64) -> Self {
        Self { object: "response.input_tokens".to_owned(), input_tokens }
    }
}
