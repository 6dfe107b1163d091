//! Types of the batches room on `/api/v1`: files and batches, as people look after them. Programs use `/v1/files` and
//! `/v1/batches` in OpenAI's own shapes.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{ApiKeyId, BatchId, FileId, ProjectId};

/// A file that was uploaded, or that a batch wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct StoredFile {
    pub id: FileId,
    pub project_id: ProjectId,
    pub filename: String,
    /// What it is for: `batch`, `batch_output`, `fine-tune`, `user_data`, …
    pub purpose: String,
    /// Its size.
    pub bytes: u64,
    pub created_at: DateTime<Utc>,
    /// When it will be deleted, if ever.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Where a batch stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum BatchState {
    Validating,
    Failed,
    InProgress,
    Finalizing,
    Completed,
    Expired,
    Cancelling,
    Cancelled,
}

impl BatchState {
    /// Whether nothing more will happen.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::Failed | Self::Completed | Self::Expired | Self::Cancelled)
    }
}

/// Requests of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchProgress {
    pub total: u64,
    pub completed: u64,
    pub failed: u64,
}

/// Why a batch failed as a whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchProblem {
    pub code: String,
    pub message: String,
    /// The line of the input file, from 1, where one line is at fault.
    pub line: Option<u64>,
}

/// A batch: many calls from one file, run in the background.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct BatchRun {
    pub id: BatchId,
    pub project_id: ProjectId,
    /// The key that its calls are made and billed as.
    pub key_id: ApiKeyId,
    /// For example `/v1/chat/completions`.
    pub endpoint: String,
    /// The model, where all lines name the same.
    pub model: Option<String>,
    pub status: BatchState,
    pub progress: BatchProgress,
    pub input_tokens: u64,
    pub output_tokens: u64,
    pub input_file_id: FileId,
    pub output_file_id: Option<FileId>,
    pub error_file_id: Option<FileId>,
    pub errors: Vec<BatchProblem>,
    /// The caller's own texts.
    pub metadata: BTreeMap<String, String>,
    pub created_at: DateTime<Utc>,
    pub in_progress_at: Option<DateTime<Utc>>,
    /// When it ends, done or not.
    pub expires_at: DateTime<Utc>,
    /// When it reached its last state.
    pub ended_at: Option<DateTime<Utc>>,
}

/// A batch to be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewBatch {
    /// The key that its calls are made and billed as.
    pub key_id: ApiKeyId,
    /// A file of the key's project with the purpose `batch`.
    pub input_file_id: FileId,
    /// `/v1/chat/completions`, `/v1/completions`, `/v1/embeddings` or `/v1/responses`.
    pub endpoint: String,
    #[serde(default)]
    pub metadata: BTreeMap<String, String>,
}

/// A file to be uploaded, as `multipart/form-data`.
#[derive(Debug)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FileUpload {
    /// The project that it belongs to.
    #[cfg_attr(feature = "openapi", schema(value_type = ProjectId))]
    pub project_id: ProjectId,
    /// `assistants`, `batch`, `fine-tune`, `vision`, `user_data` or `evals`.
    pub purpose: String,
    /// Its content, with a file name.
    #[cfg_attr(feature = "openapi", schema(format = Binary, value_type = String))]
    pub file: Vec<u8>,
}
