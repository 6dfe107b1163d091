//! Metrics of the path of a call, their handles kept: nothing is looked up by name while a call runs.
//!
//! No label names a tenant, a key or a model: a scrape's size does not grow with them.

use std::time::Duration;

use metering::CallStatus;
use metrics::{Counter, Gauge, Histogram, counter, gauge, histogram};
use routing::AttemptResult;
use snapshot::TokenCounts;

#[derive(Debug, Clone)]
pub(crate) struct Counters {
    completed: Counter,
    error: Counter,
    client_abort: Counter,
    upstream_abort: Counter,
    rejected: Counter,
    attempts_ok: Counter,
    attempts_failed: Counter,
    attempts_timed_out: Counter,
    attempts_busy: Counter,
    attempts_neutral: Counter,
    fallbacks: Counter,
    retries_refused: Counter,
    hedges: Counter,
    hedges_won: Counter,
    malformed_chunks: Counter,
    prompt_tokens: Counter,
    completion_tokens: Counter,
    in_flight: Gauge,
    total: Histogram,
    first_token: Histogram,
}

impl Counters {
    pub(crate) fn new() -> Self {
        let calls = |status: CallStatus| counter!("switchyard_calls_total", "status" => status.as_str());
        let attempts = |result: &'static str| counter!("switchyard_attempts_total", "result" => result);
        let tokens = |kind: &'static str| counter!("switchyard_tokens_total", "kind" => kind);
        Self {
            completed: calls(CallStatus::Completed),
            error: calls(CallStatus::Error),
            client_abort: calls(CallStatus::ClientAbort),
            upstream_abort: calls(CallStatus::UpstreamAbort),
            rejected: calls(CallStatus::Rejected),
            attempts_ok: attempts("success"),
            attempts_failed: attempts("failure"),
            attempts_timed_out: attempts("timeout"),
            attempts_busy: attempts("busy"),
            attempts_neutral: attempts("neutral"),
            fallbacks: counter!("switchyard_fallbacks_total"),
            retries_refused: counter!("switchyard_retries_refused_total"),
            hedges: counter!("switchyard_hedges_total"),
            hedges_won: counter!("switchyard_hedges_won_total"),
            malformed_chunks: counter!("switchyard_malformed_chunks_total"),
            prompt_tokens: tokens("prompt"),
            completion_tokens: tokens("completion"),
            in_flight: gauge!("switchyard_calls_in_flight"),
            total: histogram!("switchyard_call_seconds"),
            first_token: histogram!("switchyard_first_token_seconds"),
        }
    }

    pub(crate) fn began(&self) {
        self.in_flight.increment(1.0);
    }

    pub(crate) fn ended(&self, status: CallStatus, took: Duration, tokens: TokenCounts) {
        self.in_flight.decrement(1.0);
        self.refused_or_ended(status);
        self.total.record(took);
        self.prompt_tokens.increment(tokens.prompt);
        self.completion_tokens.increment(tokens.completion);
    }

    /// A call refused before it began.
    pub(crate) fn refused(&self) {
        self.refused_or_ended(CallStatus::Rejected);
    }

    fn refused_or_ended(&self, status: CallStatus) {
        let counter = match status {
            CallStatus::Completed => &self.completed,
            CallStatus::Error | CallStatus::GatewayLost => &self.error,
            CallStatus::ClientAbort => &self.client_abort,
            CallStatus::UpstreamAbort => &self.upstream_abort,
            CallStatus::Rejected => &self.rejected,
        };
        counter.increment(1);
    }

    pub(crate) fn first_token(&self, after: Duration) {
        self.first_token.record(after);
    }

    pub(crate) fn attempt(&self, result: AttemptResult) {
        let counter = match result {
            AttemptResult::Success => &self.attempts_ok,
            AttemptResult::Failure => &self.attempts_failed,
            AttemptResult::Timeout => &self.attempts_timed_out,
            AttemptResult::Busy => &self.attempts_busy,
            AttemptResult::Neutral => &self.attempts_neutral,
        };
        counter.increment(1);
    }

    pub(crate) fn fell_back(&self) {
        self.fallbacks.increment(1);
    }

    /// The budget of retries was spent.
    pub(crate) fn retry_refused(&self) {
        self.retries_refused.increment(1);
    }

    /// A second deployment is asked beside the first.
    pub(crate) fn hedged(&self) {
        self.hedges.increment(1);
    }

    /// The second one was first.
    pub(crate) fn hedge_won(&self) {
        self.hedges_won.increment(1);
    }

    pub(crate) fn malformed_chunk(&self) {
        self.malformed_chunks.increment(1);
    }
}
