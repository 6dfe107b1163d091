//! Ids in paths, however the path begins.

use axum::extract::{FromRequestParts, RawPathParams};
use http::request::Parts;
use shared::{BatchId, FileId};

use crate::{BatchesError, error::OnV1};

async fn named(parts: &mut Parts, state: &(impl Send + Sync), name: &str) -> String {
    match RawPathParams::from_request_parts(parts, state).await {
        Ok(params) => {
            params.iter().find(|(known, _)| *known == name).map_or_else(String::new, |(_, v)| v.to_owned())
        }
        Err(_) => String::new(),
    }
}

/// `{file_id}`. Text that is no id names no file.
pub struct NamedFile(pub FileId);

impl<S: Send + Sync> FromRequestParts<S> for NamedFile {
    type Rejection = OnV1;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, OnV1> {
        let text = named(parts, state, "file_id").await;
        text.parse().map(Self).map_err(|_| OnV1(BatchesError::no_file(text)))
    }
}

/// `{batch_id}`.
pub struct NamedBatch(pub BatchId);

impl<S: Send + Sync> FromRequestParts<S> for NamedBatch {
    type Rejection = OnV1;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, OnV1> {
        let text = named(parts, state, "batch_id").await;
        text.parse().map(Self).map_err(|_| OnV1(BatchesError::no_batch(text)))
    }
}
