//! Calls that are put off: nothing can serve them now, and their callers take an answer later.

use std::fmt;

use bytes::Bytes;
use futures::future::BoxFuture;
use http::HeaderMap;
use serde_json::{Map, Value};
use shared::{ApiKeyId, ProjectId, TenantId};

/// By this header, `true`, a caller says that it takes a batch in place of an answer.
const ACCEPT_BATCH: &str = "x-switchyard-accept-batch";
/// Fields that speak of an answer which is waited for.
const STREAMING: [&str; 2] = ["stream", "stream_options"];

/// A call to be made later.
#[derive(Debug, Clone)]
pub struct Deferred {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub key: ApiKeyId,
    /// For example `/v1/chat/completions`.
    pub path: String,
    /// As the caller sent it, without a wish to stream.
    pub body: Bytes,
}

/// A batch in the making, in OpenAI's shape.
pub type LaterBatch<'a> = BoxFuture<'a, Result<Value, String>>;

/// Makes batches of single calls.
pub trait Deferral: Send + Sync + fmt::Debug {
    /// Whether calls of this path can be put off.
    fn takes(&self, path: &str) -> bool;

    /// Stores a call as a batch of one line. An error is for the log: the caller is told
    /// why its call was not served.
    fn defer(&self, call: Deferred) -> LaterBatch<'_>;
}

/// Whether a caller takes a batch in place of an answer.
pub(crate) fn accepts(headers: &HeaderMap) -> bool {
    headers.get(ACCEPT_BATCH).is_some_and(|value| value.as_bytes().eq_ignore_ascii_case(b"true"))
}

/// A body without its wish to stream. None: it is no object.
pub(crate) fn unstreamed(body: &[u8]) -> Option<Bytes> {
    let mut fields: Map<String, Value> = serde_json::from_slice(body).ok()?;
    for field in STREAMING {
        fields.remove(field);
    }
    serde_json::to_vec(&fields).ok().map(Bytes::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_that_is_put_off_no_longer_asks_to_stream() {
        let body = br#"{"model":"m","stream":true,"stream_options":{"include_usage":true},"seed":12345678901234567890}"#;
        let kept = unstreamed(body).unwrap();
        assert_eq!(kept, br#"{"model":"m","seed":12345678901234567890}"#.as_slice());
        assert_eq!(unstreamed(b"[]"), None);
    }
}
