//! `/v1/files`. Source: OpenAI's OpenAPI document, `OpenAIFile`.

use serde::{Deserialize, Serialize};

use crate::Rest;

/// A file that a caller uploaded or a batch wrote.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileObject {
    pub id: String,
    /// Always `file`.
    pub object: String,
    pub bytes: u64,
    /// Seconds since 1970.
    pub created_at: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    pub filename: String,
    /// `batch`, `batch_output`, `fine-tune`, `fine-tune-results`, `assistants`, `assistants_output`, `vision`,
    /// `user_data`.
    pub purpose: String,
    /// `uploaded`, `processed` or `error`.
    pub status: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_details: Option<String>,
    #[serde(flatten)]
    pub rest: Rest,
}

impl FileObject {
    pub const OBJECT: &'static str = "file";
}

/// What deleting answers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FileDeleted {
    pub id: String,
    /// Always `file`.
    pub object: String,
    pub deleted: bool,
}

impl FileDeleted {
    pub fn of(id: impl Into<String>) -> Self {
        Self { id: id.into(), object: FileObject::OBJECT.to_owned(), deleted: true }
    }
}

/// When a file goes: so many seconds after `anchor`, which is always `created_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpiresAfter {
    pub anchor: String,
    /// From 3600 (an hour) to 2592000 (30 days).
    pub seconds: u64,
}
