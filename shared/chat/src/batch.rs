//! `/v1/batches`: the object, and the lines of its files. Source: OpenAI's OpenAPI document, `Batch`, and the guide on
//! batches for the lines.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{ErrorObject, ExpiresAfter, Rest};

/// The body of `POST /v1/batches`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreateBatch {
    pub input_file_id: String,
    /// The path that every line names, for example `/v1/chat/completions`.
    pub endpoint: String,
    /// `24h`.
    pub completion_window: String,
    /// Up to 16 texts of the caller's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<Rest>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_expires_after: Option<ExpiresAfter>,
    #[serde(flatten)]
    pub rest: Rest,
}

/// Times are seconds since 1970, absent until they come.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Batch {
    pub id: String,
    /// Always `batch`.
    pub object: String,
    pub endpoint: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub errors: Option<BatchErrors>,
    pub input_file_id: String,
    pub completion_window: String,
    pub status: BatchStatus,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output_file_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub error_file_id: Option<String>,
    pub created_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub in_progress_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finalizing_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completed_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub failed_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expired_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelling_at: Option<i64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cancelled_at: Option<i64>,
    pub request_counts: BatchCounts,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub usage: Option<BatchUsage>,
    #[serde(default)]
    pub metadata: Option<Rest>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl Batch {
    pub const OBJECT: &'static str = "batch";
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BatchStatus {
    #[default]
    Validating,
    Failed,
    InProgress,
    Finalizing,
    Completed,
    Expired,
    Cancelling,
    Cancelled,
}

impl BatchStatus {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Validating => "validating",
            Self::Failed => "failed",
            Self::InProgress => "in_progress",
            Self::Finalizing => "finalizing",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
        }
    }

    /// Whether nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Failed | Self::Completed | Self::Expired | Self::Cancelled)
    }
}

/// Requests of the batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchCounts {
    pub total: u64,
    pub completed: u64,
    pub failed: u64,
}

/// What the whole batch took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchUsage {
    pub input_tokens: u64,
    pub input_tokens_details: BatchInputDetails,
    pub output_tokens: u64,
    pub output_tokens_details: BatchOutputDetails,
    pub total_tokens: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchInputDetails {
    pub cached_tokens: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchOutputDetails {
    pub reasoning_tokens: u64,
}

/// Why a batch failed as a whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchErrors {
    /// Always `list`.
    pub object: String,
    pub data: Vec<BatchError>,
}

impl BatchErrors {
    pub fn of(data: Vec<BatchError>) -> Self {
        Self { object: "list".to_owned(), data }
    }
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchError {
    pub code: String,
    pub message: String,
    #[serde(default)]
    pub param: Option<String>,
    /// The line of the input file, from 1.
    #[serde(default)]
    pub line: Option<u64>,
}

/// One line of an input file.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchLine {
    /// The caller's name of the line: unique in the file, found again in the results.
    pub custom_id: String,
    /// `POST`.
    pub method: String,
    /// The batch's endpoint.
    pub url: String,
    /// What would be sent to that endpoint.
    pub body: Value,
    #[serde(flatten)]
    pub rest: Rest,
}

/// One line of an output or error file. `response` is there when the request was made, whatever its status; `error`
/// when it was not (the batch expired or was cancelled before).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchResultLine {
    pub id: String,
    pub custom_id: String,
    #[serde(default)]
    pub response: Option<BatchResponse>,
    #[serde(default)]
    pub error: Option<BatchLineError>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BatchResponse {
    pub status_code: u16,
    pub request_id: String,
    /// The answer, or `{"error":…}`.
    pub body: Value,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchLineError {
    pub code: String,
    pub message: String,
}

impl From<&ErrorObject> for BatchLineError {
    fn from(error: &ErrorObject) -> Self {
        Self {
            code: error.code.clone().unwrap_or_else(|| error.kind.clone()),
            message: error.message.clone(),
        }
    }
}
