//! How far a call came: what recovery knows of it when the process dies.

use serde::{Deserialize, Serialize};
use snapshot::TokenCounts;

use crate::event::{AdmittedCall, CallStatus, Serving, UsageEvent};

/// The last known state of a call that has not ended.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Checkpoint {
    pub(crate) tokens: TokenCounts,
    pub(crate) tokens_estimated: bool,
    pub(crate) serving: Option<Serving>,
    pub(crate) queue_ms: u32,
    pub(crate) first_token_ms: Option<u32>,
    /// Since the call's start.
    pub(crate) elapsed_ms: u32,
    pub(crate) tries: u16,
    pub(crate) fallbacks: u16,
}

impl Checkpoint {
    /// The event of a call that came this far.
    pub(crate) fn event(&self, call: &AdmittedCall, status: CallStatus, http_status: u16) -> UsageEvent {
        UsageEvent {
            tokens: self.tokens,
            tokens_estimated: self.tokens_estimated,
            serving: self.serving.clone(),
            queue_ms: self.queue_ms,
            first_token_ms: self.first_token_ms,
            total_ms: self.elapsed_ms,
            tries: self.tries,
            fallbacks: self.fallbacks,
            ..UsageEvent::of(call, status, http_status)
        }
    }
}
