//! Why a request cannot be mapped, or an answer not be read.

use shared::ErrorCode;

/// A request that asks for what cannot be had. The message is for the caller and names the field.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refused {
    pub code: ErrorCode,
    /// For example `input[2].content[0].file_id`.
    pub field: String,
    pub message: String,
}

impl Refused {
    /// A field that must be there.
    pub(crate) fn missing(field: impl Into<String>, accepted: &str) -> Self {
        let field = field.into();
        let message = format!("`{field}` is missing: accepted is {accepted}.");
        Self { code: ErrorCode::MissingField, field, message }
    }

    /// A value of the wrong type or out of range.
    pub(crate) fn wrong(field: impl Into<String>, was: &str, accepted: &str) -> Self {
        let field = field.into();
        let message = format!("`{field}` is {was}: accepted is {accepted}.");
        Self { code: ErrorCode::InvalidValue, field, message }
    }

    /// A sound value that asks for what is not available.
    pub(crate) fn unsupported(field: impl Into<String>, why: &str) -> Self {
        let field = field.into();
        let message = format!("`{field}` is not supported: {why}.");
        Self { code: ErrorCode::UnsupportedField, field, message }
    }
}

/// An answer that is not a chat completion.
#[derive(Debug, thiserror::Error)]
pub enum Unreadable {
    #[error("the answer is not a chat completion")]
    NotOne(#[from] serde_json::Error),
    #[error("the answer has no choice")]
    Empty,
}
