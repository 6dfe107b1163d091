//! Answers to what is not generated: read from engines that speak OpenAI's or vLLM's form, written for those that do not.

pub mod classify;
pub mod embedding;
pub mod rerank;
pub mod tokens;

use serde::{Serialize, de::DeserializeOwned};

use crate::{EngineError, Payload, payload::ScanError};

/// An answer of ours as a payload: scanned like an engine's, the one way to know what a payload says.
pub fn written(answer: &impl Serialize) -> Result<Payload, EngineError> {
    let json = serde_json::to_vec(answer).map_err(|_| EngineError::malformed())?;
    Payload::scan(json.into()).map_err(|_: ScanError| EngineError::malformed())
}

/// An answer as it came, if it is one of its kind.
pub fn checked<T: DeserializeOwned>(payload: Payload) -> Result<Payload, EngineError> {
    parsed::<T>(payload.json()).map(|_| payload)
}

pub fn parsed<T: DeserializeOwned>(json: &[u8]) -> Result<T, EngineError> {
    serde_json::from_slice(json).map_err(|_| EngineError::malformed())
}

/// An engine's own answer; an error object in its place is its error.
pub fn own<T: DeserializeOwned>(json: &[u8]) -> Result<T, EngineError> {
    serde_json::from_slice(json).map_err(|_| match serde_json::from_slice::<serde_json::Value>(json) {
        Ok(value) if value.get("error").is_some_and(|error| !error.is_null()) => EngineError::inside(json),
        _ => EngineError::malformed(),
    })
}

/// The place of an item in a list.
pub fn index(at: usize) -> Result<u32, EngineError> {
    u32::try_from(at).map_err(|_| EngineError::malformed())
}
