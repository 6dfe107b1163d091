//! The return road: every admitted call ends in exactly one usage event, whatever its end.
//!
//! A [`Tab`] is opened when a call is admitted and rides with it, on the response's body in the end. Closing it writes
//! the event; a tab dropped open belongs to a caller that left, and writes that.

use std::time::Instant;

use chrono::{DateTime, Utc};
use metering::{AdmittedCall, CallRecord, CallStatus, Commit, Serving, UsageEvent};
use rust_decimal::Decimal;
use shared::{DeploymentId, ErrorCode, ModelId, UsageEventId};
use snapshot::TokenCounts;

use crate::{
    admit::{Admitted, Caller},
    arrival::Arrival,
    error::CallError,
    gateway::Shared,
    parsed::Parsed,
    plan::Target,
    request::ModelRequest,
    routed::Routed,
    surface::Endpoint,
};

/// nginx's word for a caller that left before its answer.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// How a call ended.
#[derive(Debug)]
pub(crate) enum End<'a> {
    Completed,
    /// Before its answer began: refused, or no deployment answered.
    Failed(&'a CallError),
    /// Not served: it is a batch now, which is charged by itself.
    Deferred,
    /// After its answer began.
    Broken(&'a CallError),
    /// The caller lost its right to call meanwhile; what was delivered counts.
    Revoked(&'a CallError),
    /// The caller left.
    Left,
}

/// One admitted call's record in the making.
#[derive(Debug)]
pub(crate) struct Tab {
    gateway: Shared,
    /// None once the call ended.
    record: Option<CallRecord>,
    started: Instant,
    tokens: TokenCounts,
    estimated: bool,
    tries: u16,
    deployment: Option<DeploymentId>,
    queue_ms: Option<u32>,
    finish_reason: Option<String>,
    /// The model whose price is in force, unless it is served by the tenant's own upstream.
    priced: Option<ModelId>,
    /// The tenant pays who serves it itself: by a key of its own, outside.
    own_upstream: bool,
}

/// What a call cost so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cost {
    /// In the currency of the price list.
    pub(crate) amount: Decimal,
    /// Nothing, since the tenant's own upstream served it.
    pub(crate) own_upstream: bool,
}

impl Tab {
    /// Writes the admission down. Refused when usage can't be recorded: no call is served unmetered.
    pub(crate) fn open(gateway: &Shared, who: &Who<'_>, admitted: &Admitted) -> Result<Self, CallError> {
        let call = who.call(Some(admitted.parsed()), Some(admitted));
        let record = gateway.meter.begin(call);
        let mut record = record.map_err(|error| unmetered(&error))?;
        if let Some(work) = who.work {
            record.completes(work);
        }
        gateway.counters.began();
        Ok(Self {
            gateway: gateway.clone(),
            record: Some(record),
            started: who.arrival.started(),
            tokens: TokenCounts::default(),
            estimated: false,
            tries: 0,
            deployment: None,
            queue_ms: None,
            finish_reason: None,
            priced: Some(admitted.model().model.id),
            own_upstream: false,
        })
    }

    /// One more request to an engine.
    pub(crate) fn attempt(&mut self, target: &Target) {
        let deployment = &target.deployment;
        if self.deployment.is_some_and(|before| before != deployment.id) {
            self.gateway.counters.fell_back();
        }
        let waited = self.queue_ms.is_none().then(|| millis(self.started));
        self.queue_ms = self.queue_ms.or(waited);
        self.deployment = Some(deployment.id);
        self.tries += 1;
        let Some(record) = &mut self.record else { return };
        if let Some(waited) = waited {
            record.queued(waited);
        }
        record.serving(serving(target));
        self.book(target);
    }

    /// Of two that were asked at once, this one answers.
    pub(crate) fn serves(&mut self, target: &Target) {
        self.deployment = Some(target.deployment.id);
        if let Some(record) = &mut self.record {
            record.served_by(serving(target));
        }
        self.book(target);
    }

    /// The price that counts from now on.
    fn book(&mut self, target: &Target) {
        let (model, deployment) = (&target.model, &target.deployment);
        let Some(record) = &mut self.record else { return };
        // What the operator did not buy it does not sell.
        self.own_upstream = deployment.owner_tenant.is_some();
        let priced = (!self.own_upstream).then_some(model.model.id);
        if self.priced != priced {
            self.priced = priced;
            let price = priced.and_then(|_| model.price_at(record.call().started_at));
            record.reprice(price.cloned());
        }
    }

    /// Milliseconds from the call's arrival to its first request to an engine.
    pub(crate) const fn queue_ms(&self) -> Option<u32> {
        self.queue_ms
    }

    /// Requests sent to engines so far.
    pub(crate) const fn tries(&self) -> u16 {
        self.tries
    }

    pub(crate) fn id(&self) -> Option<UsageEventId> {
        self.record.as_ref().map(|record| record.call().id)
    }

    pub(crate) fn first_token(&mut self) {
        if let Some(record) = &mut self.record {
            record.first_token();
        }
        self.gateway.counters.first_token(self.started.elapsed());
    }

    /// The tokens so far, as the engine counts them or, estimated, as we do. Written down every few seconds.
    pub(crate) fn tokens(&mut self, tokens: TokenCounts, estimated: bool) {
        (self.tokens, self.estimated) = (tokens, estimated);
        if let Some(record) = &mut self.record {
            record.checkpoint(tokens, estimated);
        }
    }

    pub(crate) fn finish_reason(&mut self, reason: &str) {
        if self.finish_reason.as_deref() != Some(reason) {
            self.finish_reason = Some(reason.to_owned());
        }
    }

    /// What the tokens so far cost; None without a price.
    pub(crate) fn cost(&self) -> Option<Cost> {
        if self.own_upstream {
            return Some(Cost { amount: Decimal::ZERO, own_upstream: true });
        }
        let amount = self.record.as_ref()?.price()?.rate(self.tokens)?;
        Some(Cost { amount, own_upstream: false })
    }

    /// Ends the call. None: it had ended before. The caller may see the end once the commit resolved; see [`durable`].
    pub(crate) fn close(&mut self, end: End<'_>) -> Option<Commit> {
        let record = self.record.take()?;
        let (status, http_status, error) = match end {
            End::Completed => (CallStatus::Completed, 200, None),
            End::Failed(error) => (failure_status(error.code), error.code.status(), Some(error)),
            End::Deferred => (CallStatus::Rejected, 202, None),
            End::Broken(error) => (CallStatus::UpstreamAbort, 200, Some(error)),
            End::Revoked(error) => (CallStatus::ClientAbort, 200, Some(error)),
            End::Left => (CallStatus::ClientAbort, CLIENT_CLOSED_REQUEST, None),
        };
        let mut event = record.event(status, http_status);
        event.error_code = error.map(|error| error.code.code().to_owned());
        event.finish_reason = self.finish_reason.take();
        (event.tokens, event.tokens_estimated) = (self.tokens, self.estimated);
        event.total_ms = millis(self.started);
        self.gateway.counters.ended(status, self.started.elapsed(), self.tokens);
        Some(record.finish(event))
    }
}

impl Drop for Tab {
    fn drop(&mut self) {
        // Nobody waits for the commit any more; the event is written all the same.
        drop(self.close(End::Left));
    }
}

/// Waits until an event is on disk. Then, and only then, its caller may see the end.
pub(crate) async fn durable(commit: Option<Commit>) -> Result<(), CallError> {
    match commit {
        None => Ok(()),
        Some(commit) => commit.await.map_err(|error| unmetered(&error)),
    }
}

/// Who calls, by which endpoint.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Who<'a> {
    pub(crate) caller: &'a Caller,
    pub(crate) arrival: &'a Arrival<'a>,
    pub(crate) endpoint: Endpoint,
    /// Of the work that the call does, where that may be done again: work done twice counts once.
    pub(crate) work: Option<UsageEventId>,
}

impl Who<'_> {
    /// When the call counts as begun. The id of its work tells it too, the same each time the work is done: events are
    /// told apart by both.
    fn at(&self) -> DateTime<Utc> {
        let told = self.work.and_then(|work| work.uuid().get_timestamp());
        let told = told.and_then(|at| {
            let (seconds, nanos) = at.to_unix();
            DateTime::from_timestamp(i64::try_from(seconds).ok()?, nanos)
        });
        told.unwrap_or_else(|| self.arrival.at())
    }

    fn call(&self, parsed: Option<&Parsed>, admitted: Option<&Admitted>) -> AdmittedCall {
        let entry = self.caller.entry();
        let request = parsed.map(Parsed::request);
        let model = admitted.map(Admitted::model);
        AdmittedCall {
            id: UsageEventId::generate(),
            tenant_id: entry.tenant.tenant.id,
            team_id: entry.project.team_id,
            project_id: entry.project.id,
            cost_centre: entry.project.cost_centre.clone(),
            key_id: entry.key.id,
            end_user: request.and_then(|request| request.user().cloned()),
            model_asked: parsed.map(|parsed| parsed.model().to_owned()).unwrap_or_default(),
            model_id: model.map(|entry| entry.model.id),
            operation: self.endpoint.operation(),
            streamed: request.is_some_and(ModelRequest::wants_stream),
            started_at: self.at(),
            trace_id: Some(self.arrival.trace().id()),
            price: model.and_then(|entry| entry.price_at(self.at())).cloned(),
            demo: false,
            taken: admitted.and_then(Admitted::routed).and_then(Routed::taken),
            shadow: false,
        }
    }
}

/// Records a known caller's request that was refused before it became a call.
pub(crate) fn refused(
    gateway: &Shared,
    who: &Who<'_>,
    parsed: Option<&Parsed>,
    error: &CallError,
) -> Option<Commit> {
    gateway.counters.refused();
    let call = who.call(parsed, None);
    let mut event = UsageEvent::of(&call, CallStatus::Rejected, error.code.status());
    event.error_code = Some(error.code.code().to_owned());
    event.total_ms = millis(who.arrival.started());
    match gateway.meter.append(event) {
        Ok(commit) => Some(commit),
        Err(error) => {
            // It was refused and cost nothing: that it is not recorded keeps nobody from anything.
            tracing::warn!(%error, "a refusal could not be recorded");
            None
        }
    }
}

/// A refusal of ours is not an outage.
const fn failure_status(code: ErrorCode) -> CallStatus {
    match code {
        ErrorCode::ContextLengthExceeded
        | ErrorCode::ConcurrencyLimited
        | ErrorCode::EngineBadRequest
        | ErrorCode::InvalidValue
        | ErrorCode::UnsupportedField
        | ErrorCode::ModelNotAllowed
        | ErrorCode::InvalidApiKey
        | ErrorCode::TenantSuspended => CallStatus::Rejected,
        _ => CallStatus::Error,
    }
}

fn serving(target: &Target) -> Serving {
    let deployment = &target.deployment;
    Serving {
        model: target.model.model.name.clone(),
        deployment_id: deployment.id,
        pool_id: deployment.pool_id,
        region: deployment.region.clone(),
        engine: deployment.engine,
    }
}

fn unmetered(error: &dyn std::error::Error) -> CallError {
    tracing::error!(%error, "usage cannot be recorded");
    CallError::new(
        ErrorCode::MeteringUnavailable,
        "Calls cannot be recorded at the moment, so none is served. Try again shortly.",
    )
}

fn millis(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX)
}
