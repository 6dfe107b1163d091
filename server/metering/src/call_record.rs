//! One call's record, from its admission to its end.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use shared::UsageEventId;
use snapshot::{Price, TokenCounts};

use crate::{
    checkpoint::Checkpoint,
    commit::Commit,
    event::{AdmittedCall, CallStatus, Serving, UsageEvent},
    meter::Meter,
};

/// Between two checkpoints of one call.
const CHECKPOINT_INTERVAL: Duration = Duration::from_secs(3);

/// An admitted call that has not ended. It ends exactly once: by [`finish`](Self::finish), or when dropped, as
/// [`on_drop`](Self::on_drop) says.
#[derive(Debug)]
#[must_use = "dropping it ends the call as aborted"]
pub struct CallRecord {
    meter: Meter,
    call: AdmittedCall,
    /// See [`completes`](Self::completes).
    work: Option<UsageEventId>,
    begun: Instant,
    state: Checkpoint,
    written: Option<Instant>,
    fallback: Fallback,
    ended: bool,
}

#[derive(Debug)]
struct Fallback {
    status: CallStatus,
    http_status: u16,
    error_code: Option<String>,
}

impl CallRecord {
    pub(crate) fn new(meter: Meter, call: AdmittedCall) -> Self {
        // 499: the caller closed the request, as nginx has it.
        let fallback = Fallback { status: CallStatus::ClientAbort, http_status: 499, error_code: None };
        Self {
            meter,
            call,
            work: None,
            begun: Instant::now(),
            state: Checkpoint::default(),
            written: None,
            fallback,
            ended: false,
        }
    }

    /// The call does work that may be done again, such as a line of a batch. If it completes, its event goes by the
    /// work's id: however often the work is done, it counts once. Any other end is one of this call alone, under the
    /// call's own id, and takes nothing from the call that completes the work later.
    ///
    /// Events are told apart by id and start: admit all calls of one work with the same `started_at`.
    pub fn completes(&mut self, work: UsageEventId) {
        self.work = Some(work);
    }

    /// As admitted.
    pub fn call(&self) -> &AdmittedCall {
        &self.call
    }

    /// The engine that the call goes to now: one more try, and a fallback where it is another deployment than before.
    pub fn serving(&mut self, serving: Serving) {
        self.state.tries = self.state.tries.saturating_add(1);
        if self.state.serving.as_ref().is_some_and(|before| before.deployment_id != serving.deployment_id) {
            self.state.fallbacks = self.state.fallbacks.saturating_add(1);
        }
        self.state.serving = Some(serving);
    }

    /// Of the engines that the call went to, the one that serves it: no try of its own.
    pub fn served_by(&mut self, serving: Serving) {
        self.state.serving = Some(serving);
    }

    /// Another model serves the call than the one it was admitted for: from now on its price counts. None: it costs
    /// nothing.
    pub fn reprice(&mut self, price: Option<Arc<Price>>) {
        self.state.repriced = true;
        self.state.price = price;
    }

    /// The price that counts now.
    pub fn price(&self) -> Option<&Arc<Price>> {
        self.state.price_in_force(&self.call)
    }

    /// How long the call waited before it was sent to an engine.
    pub fn queued(&mut self, queue_ms: u32) {
        self.state.queue_ms = queue_ms;
    }

    /// The first token came now. Later calls change nothing.
    pub fn first_token(&mut self) {
        if self.state.first_token_ms.is_none() {
            self.state.first_token_ms = Some(self.elapsed_ms());
        }
    }

    /// How many tokens the call has so far; `estimated` where the gateway counted them itself. Cheap: kept in memory,
    /// written to the spool every few seconds.
    pub fn checkpoint(&mut self, tokens: TokenCounts, estimated: bool) {
        self.state.tokens = tokens;
        self.state.tokens_estimated = estimated;
        let now = Instant::now();
        let last = self.written.unwrap_or(self.begun);
        if now.duration_since(last) >= CHECKPOINT_INTERVAL {
            self.write_checkpoint(now);
        }
    }

    /// Writes a checkpoint now, whenever the last one was.
    pub fn checkpoint_now(&mut self, tokens: TokenCounts, estimated: bool) {
        self.state.tokens = tokens;
        self.state.tokens_estimated = estimated;
        self.write_checkpoint(Instant::now());
    }

    fn write_checkpoint(&mut self, now: Instant) {
        self.written = Some(now);
        self.state.elapsed_ms = self.elapsed_ms();
        self.meter.spool().checkpoint(self.call.id, &self.state);
    }

    /// What is written when the record is dropped unfinished. Until told otherwise: `client_abort`, 499.
    pub fn on_drop(&mut self, status: CallStatus, http_status: u16, error_code: Option<String>) {
        self.fallback = Fallback { status, http_status, error_code };
    }

    /// The event of this call as far as the record knows it: who, which engine, tries, times, last tokens. The caller
    /// adds the rest and the final tokens, charges, and hands it to [`finish`](Self::finish).
    pub fn event(&self, status: CallStatus, http_status: u16) -> UsageEvent {
        let mut event = self.state.event(&self.call, status, http_status);
        event.total_ms = self.elapsed_ms();
        event
    }

    /// Ends the call: the event is charged with the price in force and queued at once; the future resolves when it is on
    /// disk. Show the caller the end of its response only then. Dropping the future takes nothing back.
    pub fn finish(mut self, event: UsageEvent) -> Commit {
        self.end(event)
    }

    fn end(&mut self, mut event: UsageEvent) -> Commit {
        self.ended = true;
        // The id, tenant and start are the call's key in the database: they are never anything else.
        let work = self.work.filter(|_| event.status == CallStatus::Completed);
        event.id = work.unwrap_or(self.call.id);
        event.tenant_id = self.call.tenant_id;
        event.started_at = self.call.started_at;
        event.charge(self.state.price_in_force(&self.call).map(AsRef::as_ref));
        event.clip();
        // The record is found by the call that began, whatever its event is called.
        self.meter.spool().end(self.call.id, &event)
    }

    fn elapsed_ms(&self) -> u32 {
        u32::try_from(self.begun.elapsed().as_millis()).unwrap_or(u32::MAX)
    }
}

impl Drop for CallRecord {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let mut event = self.event(self.fallback.status, self.fallback.http_status);
        event.error_code = self.fallback.error_code.take();
        // Written whether somebody waits for it or not.
        drop(self.end(event));
    }
}
