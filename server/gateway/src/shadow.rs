//! Shadows: copies of a share of a route's calls, sent to another model besides. Their answers are read and thrown away.
//!
//! The account's bounds hold for a copy as for the call: residency, clearance, engines outside. It needs no grant of its
//! model, since nothing of it reaches the tenant: a model is tried before it is granted. It takes no place in the
//! tenant's share, is recorded apart, and is never billed.

use std::{sync::Arc, time::Instant};

use engines::{Finish, Labels, Payload};
use http::HeaderValue;
use metering::{AdmittedCall, CallStatus, Serving, UsageEvent};
use routing::{AttemptResult, Fingerprint};
use shared::{ErrorCode, UsageEventId};
use tokio::{sync::Semaphore, time::timeout};

use crate::{
    admit::Admitted,
    arrival::Arrival,
    failure::Failure,
    gateway::Shared,
    plan::{Planned, Target, decide},
    priority::Priority,
    relay::{Tally, finish_text},
    trace::{CallTrace, Stage},
    unit::{Burden, InFlight},
    upstream::{Outgoing, Ready, Upstream},
};

/// Copies under way; beyond these, none is made.
const AT_ONCE: usize = 64;
/// A longer prompt is not copied, in bytes: a copy stays in memory until its end.
const LONGEST_PROMPT: usize = 1 << 20;
/// Tells a route's shadow from its other shares.
const SHARE: u64 = 0x5ad0;

/// Places for copies.
#[derive(Debug)]
pub(crate) struct Shadows(Arc<Semaphore>);

impl Default for Shadows {
    fn default() -> Self {
        Self(Arc::new(Semaphore::new(AT_ONCE)))
    }
}

/// Casts a call's shadow, where its route asks for one. Never waits.
pub(crate) fn cast(gateway: &Shared, planned: &Planned, arrival: &Arrival<'_>, labels: &Labels) {
    let admitted = planned.admitted();
    let Some((routed, shadow)) =
        admitted.routed().and_then(|routed| Some((routed, routed.spec().shadow.as_ref()?)))
    else {
        return;
    };
    let copied = admitted.caller().priority() == Priority::Interactive
        && admitted.parsed().endpoint().is_counted()
        && admitted.parsed().longest_bytes() <= LONGEST_PROMPT;
    let Some(model) = routed.entry().shadow.clone().filter(|_| copied) else { return };
    if !routed.takes_share(shadow.percent, SHARE) {
        return;
    }
    let Ok(place) = gateway.shadows.0.clone().try_acquire_owned() else {
        count("dropped");
        return;
    };
    let copy = Copy {
        gateway: gateway.clone(),
        labels: Labels { model: model.model.name.clone(), ..labels.clone() },
        request_id: arrival.request_id().clone(),
        trace: arrival.trace().clone(),
    };
    let admitted = admitted.copy_to(model);
    tokio::spawn(async move {
        let _place = place;
        copy.run(admitted).await;
    });
}

fn count(result: &'static str) {
    metrics::counter!("switchyard_shadow_calls_total", "result" => result).increment(1);
}

/// What a copy needs beside its request.
struct Copy {
    gateway: Shared,
    labels: Labels,
    request_id: HeaderValue,
    trace: CallTrace,
}

/// What was read of an answer.
struct Read {
    tally: Tally,
    finish: Option<Finish>,
    first_token_ms: Option<u32>,
}

impl Copy {
    async fn run(self, admitted: Admitted) {
        let Ok((admitted, demand)) = admitted.demand(&self.gateway).await else { return count("unserved") };
        let at = self.gateway.clock.now();
        let (mut targets, decision) =
            decide(&self.gateway, &admitted, demand, &Fingerprint::default(), at, rand::random());
        let best = decision.plan().ordered.first().map(|choice| choice.index);
        let Some(target) = best.map(|best| targets.swap_remove(best)) else { return count("unserved") };
        let deployment = target.deployment.id;
        let Some(pass) = self.gateway.fleet.attempt(deployment) else { return count("unserved") };
        let burden = Burden { prompt_tokens: demand.prompt_tokens, ..Burden::default() };
        let mut in_flight = self.gateway.fleet.count(deployment, burden);
        in_flight.sent();
        let begun = Instant::now();
        let total = self.gateway.settings.timeouts.total;
        let read = timeout(total, self.read(&admitted, &target, &mut in_flight, begun)).await;
        let read = read.unwrap_or_else(|_| Err(Failure::timeout(ErrorCode::TotalTimeout, total)));
        pass.end(read.as_ref().map_or_else(|failure| failure.result, |_| AttemptResult::Success));
        if let Ok(read) = &read {
            in_flight.told(read.tally.counts().0);
        }
        count(if read.is_ok() { "completed" } else { "failed" });
        self.record(&admitted, &target, read, begun);
    }

    async fn read(
        &self,
        admitted: &Admitted,
        target: &Target,
        in_flight: &mut InFlight,
        begun: Instant,
    ) -> Result<Read, Failure> {
        let span = self.trace.stage(Stage::Dispatch);
        let outgoing =
            Outgoing { labels: &self.labels, request_id: &self.request_id, trace: &self.trace, span: &span };
        let request = admitted.parsed().request();
        let tally = Tally::new(admitted.parsed().prompt_tokens(), request.generates());
        let mut read = Read { tally, finish: None, first_token_ms: None };
        if !request.wants_stream() {
            read.add(&outgoing.whole(&self.gateway, admitted, target).await?);
            return Ok(read);
        }
        let most = self.gateway.settings.timeouts.first_token;
        let stream = timeout(most, outgoing.stream(&self.gateway, admitted, target)).await;
        let late = |_| Failure::timeout(ErrorCode::FirstTokenTimeout, most);
        let upstream = stream.map_err(late)??;
        in_flight.begun();
        read.first_token_ms = Some(millis(begun));
        self.drain(upstream, &mut read).await?;
        if read.finish.is_none() { Err(Failure::broke_off()) } else { Ok(read) }
    }

    async fn drain(&self, mut upstream: Upstream, read: &mut Read) -> Result<(), Failure> {
        upstream.take_first().iter().for_each(|payload| read.add(payload));
        let most = self.gateway.settings.timeouts.between_tokens;
        loop {
            match upstream.ready(&self.gateway.counters) {
                Ready::Payload(payload) => read.add(&payload),
                Ready::Done | Ready::Ended => return Ok(()),
                Ready::Error(error) => return Err(Failure::engine(&error)),
                Ready::Nothing => {
                    let late = |_| Failure::timeout(ErrorCode::BetweenTokensTimeout, most);
                    timeout(most, upstream.fill()).await.map_err(late)??;
                }
            }
        }
    }

    /// Writes down how it went, for the operator alone.
    fn record(&self, admitted: &Admitted, target: &Target, read: Result<Read, Failure>, begun: Instant) {
        let call = self.call(admitted);
        let (status, http_status) = read.as_ref().map_or_else(
            |failure| (CallStatus::Error, failure.error.code.status()),
            |_| (CallStatus::Completed, 200),
        );
        let mut event = UsageEvent::of(&call, status, http_status);
        event.serving = Some(Serving {
            model: target.model.model.name.clone(),
            deployment_id: target.deployment.id,
            pool_id: target.deployment.pool_id,
            region: target.deployment.region.clone(),
            engine: target.deployment.engine,
        });
        (event.tries, event.total_ms) = (1, millis(begun));
        match read {
            Ok(read) => {
                (event.tokens, event.tokens_estimated) = read.tally.counts();
                event.first_token_ms = read.first_token_ms;
                event.finish_reason = read.finish.map(|finish| finish_text(finish).to_owned());
            }
            Err(failure) => event.error_code = Some(failure.error.code.code().to_owned()),
        }
        // What it would have cost, for the comparison.
        event.charge(call.price.as_deref());
        if let Err(error) = self.gateway.meter.append(event) {
            tracing::debug!(%error, "a shadow could not be recorded");
        }
    }

    fn call(&self, admitted: &Admitted) -> AdmittedCall {
        let (entry, request) = (admitted.caller().entry(), admitted.parsed().request());
        let (model, at) = (admitted.model(), self.gateway.clock.now());
        AdmittedCall {
            id: UsageEventId::generate(),
            tenant_id: entry.tenant.tenant.id,
            team_id: entry.project.team_id,
            project_id: entry.project.id,
            cost_centre: None,
            key_id: entry.key.id,
            end_user: None,
            model_asked: admitted.parsed().model().to_owned(),
            model_id: Some(model.model.id),
            operation: admitted.parsed().endpoint().operation(),
            streamed: request.wants_stream(),
            started_at: at,
            trace_id: Some(self.trace.id()),
            price: model.price_at(at).cloned(),
            demo: false,
            taken: admitted.routed().and_then(crate::routed::Routed::taken),
            shadow: true,
        }
    }
}

impl Read {
    fn add(&mut self, payload: &Payload) {
        self.tally.add(&payload.summary);
        self.finish = payload.summary.finish.or(self.finish);
    }
}

fn millis(since: Instant) -> u32 {
    u32::try_from(since.elapsed().as_millis()).unwrap_or(u32::MAX)
}
