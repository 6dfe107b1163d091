//! What a request for a batch must be. Source: OpenAI's OpenAPI document, `CreateBatchRequest`.

use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::{Map, Value};
use shared::{ErrorCode, FileId};
use shared_chat::ExpiresAfter;

use crate::{BatchesError, Endpoint};

/// The one completion window.
pub const WINDOW: TimeDelta = TimeDelta::hours(24);
pub const WINDOW_NAME: &str = "24h";
/// Bounds of `expires_after`, in seconds, and what files of batches have without it.
const EXPIRY_S: std::ops::RangeInclusive<u64> = 3600..=2_592_000;
pub const DEFAULT_EXPIRY_S: i32 = 2_592_000;

const MOST_METADATA: usize = 16;
const LONGEST_KEY: usize = 64;
const LONGEST_TEXT: usize = 512;

/// As it is sent; what is missing is told by name.
#[derive(Debug, Deserialize)]
pub struct SentOrder {
    input_file_id: Option<String>,
    endpoint: Option<String>,
    completion_window: Option<String>,
    metadata: Option<Map<String, Value>>,
    output_expires_after: Option<ExpiresAfter>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

/// A batch that can be made, if its file is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Order {
    pub input: FileId,
    pub endpoint: Endpoint,
    pub metadata: Option<Map<String, Value>>,
    pub output_expires_s: i32,
}

const FIELDS: &str = "`input_file_id`, `endpoint`, `completion_window`, `metadata` or `output_expires_after`";

impl TryFrom<SentOrder> for Order {
    type Error = BatchesError;

    fn try_from(sent: SentOrder) -> Result<Self, BatchesError> {
        if let Some(unknown) = sent.rest.keys().next() {
            return Err(BatchesError::unknown(unknown, FIELDS));
        }
        let input =
            sent.input_file_id.ok_or_else(|| BatchesError::missing("input_file_id", "the id of a file"))?;
        let endpoint = sent.endpoint.ok_or_else(|| BatchesError::missing("endpoint", &Endpoint::listed()))?;
        let window = sent
            .completion_window
            .ok_or_else(|| BatchesError::missing("completion_window", &format!("`{WINDOW_NAME}`")))?;
        if window != WINDOW_NAME {
            let shown: String = window.chars().take(32).collect();
            return Err(BatchesError::field(
                "completion_window",
                format!("`{shown}`: expected `{WINDOW_NAME}`"),
            ));
        }
        let output_expires_s = match sent.output_expires_after {
            Some(after) => expiry("output_expires_after", &after)?,
            None => DEFAULT_EXPIRY_S,
        };
        check_metadata(sent.metadata.as_ref())?;
        Ok(Self {
            input: file_id("input_file_id", &input)?,
            endpoint: endpoint_of(&endpoint)?,
            metadata: sent.metadata,
            output_expires_s,
        })
    }
}

pub fn endpoint_of(text: &str) -> Result<Endpoint, BatchesError> {
    text.parse().map_err(|error| {
        let shown: String = text.chars().take(64).collect();
        BatchesError::field("endpoint", format!("`{shown}`: {error}"))
    })
}

/// The id of a file in a field; one that is none names no file.
fn file_id(field: &str, text: &str) -> Result<FileId, BatchesError> {
    text.parse().map_err(|_| {
        let shown: String = text.chars().take(64).collect();
        BatchesError::field(field, format!("there is no file `{shown}`, or it is not yours to use"))
    })
}

/// An expiry policy, in seconds.
pub fn expiry(field: &str, after: &ExpiresAfter) -> Result<i32, BatchesError> {
    if after.anchor != "created_at" {
        return Err(BatchesError::field(format!("{field}.anchor"), "expected `created_at`"));
    }
    if !EXPIRY_S.contains(&after.seconds) {
        let message =
            format!("{}: expected {} to {} seconds", after.seconds, EXPIRY_S.start(), EXPIRY_S.end());
        return Err(BatchesError::field(format!("{field}.seconds"), message));
    }
    Ok(after.seconds as i32)
}

pub fn check_metadata(metadata: Option<&Map<String, Value>>) -> Result<(), BatchesError> {
    let Some(metadata) = metadata else { return Ok(()) };
    if metadata.len() > MOST_METADATA {
        let message = format!("{} entries: expected at most {MOST_METADATA}", metadata.len());
        return Err(BatchesError::field("metadata", message));
    }
    for (key, value) in metadata {
        let shown: String = key.chars().take(LONGEST_KEY).collect();
        if key.is_empty() || key.chars().count() > LONGEST_KEY {
            let message = format!("expected keys of 1 to {LONGEST_KEY} characters");
            return Err(BatchesError::field(format!("metadata.{shown}"), message));
        }
        let text = value.as_str().filter(|text| text.chars().count() <= LONGEST_TEXT);
        if text.is_none() {
            let message = format!("expected a text of at most {LONGEST_TEXT} characters");
            return Err(BatchesError::field(format!("metadata.{shown}"), message));
        }
    }
    Ok(())
}

/// A number within bounds from a query string.
pub fn limit(asked: Option<u32>, default: u32, most: u32) -> Result<u32, BatchesError> {
    match asked {
        None => Ok(default),
        Some(limit) if (1..=most).contains(&limit) => Ok(limit),
        Some(limit) => {
            let message = format!("{limit}: expected a whole number from 1 to {most}");
            Err(BatchesError::Field { code: ErrorCode::InvalidValue, field: "limit".to_owned(), message })
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn order(changes: Value) -> Result<Order, BatchesError> {
        let mut sent = json!({
            "input_file_id": FileId::from_uuid(uuid::Uuid::from_u128(1)),
            "endpoint": "/v1/embeddings",
            "completion_window": "24h"
        });
        for (name, value) in changes.as_object().unwrap() {
            sent[name] = value.clone();
        }
        serde_json::from_value::<SentOrder>(sent).unwrap().try_into()
    }

    #[test]
    fn a_whole_request_is_an_order() {
        let order = order(
            json!({"metadata": {"a": "b"}, "output_expires_after": {"anchor": "created_at", "seconds": 3600}}),
        );
        let order = order.unwrap();
        assert_eq!((order.endpoint, order.output_expires_s), (Endpoint::Embeddings, 3600));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let wrong = [
            (json!({"endpoint": null}), "endpoint"),
            (json!({"endpoint": "/v1/images"}), "endpoint"),
            (json!({"input_file_id": "file-1"}), "input_file_id"),
            (json!({"completion_window": "1h"}), "completion_window"),
            (json!({"priority": 1}), "priority"),
            (json!({"metadata": {"a": 1}}), "metadata.a"),
            (json!({"metadata": {"a": "x".repeat(513)}}), "metadata.a"),
            (
                json!({"output_expires_after": {"anchor": "now", "seconds": 3600}}),
                "output_expires_after.anchor",
            ),
            (
                json!({"output_expires_after": {"anchor": "created_at", "seconds": 1}}),
                "output_expires_after.seconds",
            ),
        ];
        for (changes, named) in wrong {
            match order(changes.clone()) {
                Err(BatchesError::Field { field, .. }) => assert_eq!(field, named, "{changes}"),
                other => panic!("{changes}: {other:?}"),
            }
        }
    }
}
