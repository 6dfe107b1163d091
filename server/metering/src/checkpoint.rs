//! How far a call came: what recovery knows of it when the process dies.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use snapshot::{Price, TokenCounts};

use crate::{
    event::{AdmittedCall, CallStatus, Serving, UsageEvent},
    wire,
};

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
    /// Another model than the first one asked for serves the call, at `price`.
    pub(crate) repriced: bool,
    #[serde(with = "wire::price")]
    pub(crate) price: Option<Arc<Price>>,
}

impl Checkpoint {
    /// The price of what serves the call now.
    pub(crate) fn price_in_force<'a>(&'a self, call: &'a AdmittedCall) -> Option<&'a Arc<Price>> {
        if self.repriced { self.price.as_ref() } else { call.price.as_ref() }
    }

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
