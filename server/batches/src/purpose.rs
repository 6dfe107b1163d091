//! What files are for. Source: OpenAI's OpenAPI document, `CreateFileRequest` and `OpenAIFile`.

use crate::BatchesError;

pub const BATCH: &str = "batch";
pub const BATCH_OUTPUT: &str = "batch_output";

/// What an upload may be for.
const UPLOADED: [&str; 6] = ["assistants", "batch", "fine-tune", "vision", "user_data", "evals"];
/// What only the platform writes.
const WRITTEN: [&str; 3] = ["assistants_output", BATCH_OUTPUT, "fine-tune-results"];

fn listed(purposes: &[&str]) -> String {
    purposes.iter().map(|purpose| format!("`{purpose}`")).collect::<Vec<_>>().join(", ")
}

/// The purpose of an upload.
pub fn of_upload(text: &str) -> Result<&'static str, BatchesError> {
    UPLOADED.into_iter().find(|purpose| *purpose == text).ok_or_else(|| {
        let shown: String = text.chars().take(64).collect();
        BatchesError::field("purpose", format!("`{shown}`: expected one of {}", listed(&UPLOADED)))
    })
}

/// A purpose to list by.
pub fn of_any(text: &str) -> Result<&'static str, BatchesError> {
    UPLOADED.into_iter().chain(WRITTEN).find(|purpose| *purpose == text).ok_or_else(|| {
        let shown: String = text.chars().take(64).collect();
        let known = format!("{}, {}", listed(&UPLOADED), listed(&WRITTEN));
        BatchesError::field("purpose", format!("`{shown}`: expected one of {known}"))
    })
}
