//! Who makes the calls of a batch. This room knows the gateway by this trait alone.

use async_trait::async_trait;
use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Deserialize;
use sha2::{Digest, Sha256};
use shared::{ApiKeyId, BatchId, ProjectId, TenantId, UsageEventId};
use uuid::Builder;

use crate::Endpoint;

/// One line of a batch, to be called as its key would call it, behind interactive calls.
#[derive(Debug, Clone)]
pub struct LineCall {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub key: ApiKeyId,
    pub endpoint: Endpoint,
    /// The JSON object of the line's `body`, as the caller wrote it. Never a stream.
    pub body: Bytes,
    /// What the usage event of the call that completes the line goes by, whichever try and worker that is: a line is
    /// charged once. A UUIDv7 whose time is when the batch began; events are told apart by id and time, so the call
    /// counts as begun then. Calls that were cut off or failed have ids of their own.
    pub work: UsageEventId,
}

/// What came of it. Failures are answers too: OpenAI's error object with its status.
#[derive(Debug, Clone)]
pub struct LineAnswer {
    pub status: u16,
    /// As in `x-request-id`.
    pub request_id: String,
    /// A JSON object.
    pub body: Bytes,
}

/// Makes calls for keys without their secret, through the very stages, limits and metering of any call. A future that
/// is dropped ends its call.
#[async_trait]
pub trait Runner: Send + Sync + 'static {
    async fn run(&self, call: LineCall) -> LineAnswer;
}

/// Tries of a line whose engine does not serve.
const MOST_TRIES: u16 = 5;

impl LineAnswer {
    pub(crate) const fn is_success(&self) -> bool {
        self.status >= 200 && self.status < 300
    }

    /// Whether another try may do better: engines that are away a few times, a limit of calls as long as the batch
    /// lasts, for it passes. A spent quota does not.
    pub(crate) fn is_worth_another(&self, tries: u16) -> bool {
        match self.status {
            429 => !self.has_code("insufficient_quota"),
            502..=504 => tries < MOST_TRIES,
            _ => false,
        }
    }

    fn has_code(&self, wanted: &str) -> bool {
        #[derive(Deserialize)]
        struct Refusal {
            error: Code,
        }
        #[derive(Deserialize)]
        struct Code {
            code: Option<String>,
        }
        let refusal: Result<Refusal, _> = serde_json::from_slice(&self.body);
        refusal.is_ok_and(|refusal| refusal.error.code.as_deref() == Some(wanted))
    }
}

/// What doing one line goes by.
pub(crate) fn work_of(batch: BatchId, line: u32, at: DateTime<Utc>) -> UsageEventId {
    let hash = Sha256::new().chain_update(batch.uuid()).chain_update(line.to_be_bytes()).finalize();
    let mut random = [0; 10];
    random.copy_from_slice(&hash[..10]);
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    UsageEventId::from_uuid(Builder::from_unix_timestamp_millis(millis, &random).into_uuid())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_goes_by_the_same_id_each_time_and_no_other_has_it() {
        let (batch, at) = (BatchId::generate(), DateTime::UNIX_EPOCH);
        assert_eq!(work_of(batch, 1, at), work_of(batch, 1, at));
        let others = [work_of(batch, 2, at), work_of(BatchId::generate(), 1, at)];
        assert!(!others.contains(&work_of(batch, 1, at)));
        assert_eq!(work_of(batch, 1, at).uuid().get_version_num(), 7);
    }

    #[test]
    fn a_limit_is_waited_for_a_spent_quota_and_a_bad_request_are_not() {
        let answer = |status, code: &str| LineAnswer {
            status,
            request_id: String::new(),
            body: format!(r#"{{"error":{{"message":"","type":"","param":null,"code":"{code}"}}}}"#).into(),
        };
        assert!(answer(429, "rate_limit_exceeded").is_worth_another(500));
        assert!(!answer(429, "insufficient_quota").is_worth_another(0));
        assert!(!answer(400, "invalid_value").is_worth_another(0));
        assert!(answer(503, "engine_overloaded").is_worth_another(4));
        assert!(!answer(503, "engine_overloaded").is_worth_another(5));
    }
}
