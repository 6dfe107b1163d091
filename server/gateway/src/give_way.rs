//! What is done when nothing can serve a call now: what its route says, in its order.
//!
//! A smaller model answers, the call waits, or it is put off. Only where time or another model heals: what is the
//! caller's own fault fails at once, and no step goes around residency, clearance or grants, since each of them plans
//! the call anew.

use std::{pin::pin, sync::Arc, time::Duration};

use axum::{body::Body, response::Response};
use http::{HeaderValue, StatusCode, header};
use rand::random;
use routing::Demand;
use shared::{ErrorCode, route::Degrade};
use snapshot::ModelEntry;
use tokio::time::{Instant, timeout_at};
use tracing::Instrument;

use crate::{
    admit::Admitted,
    call::Call,
    deferral::{self, Deferred},
    dispatch::{Attempted, dispatch},
    error::CallError,
    plan::Planned,
    priority::Priority,
    reserve::{self, Reserved},
    settle::Tab,
    trace::Stage,
    upstream::Outgoing,
    watch::Watch,
};

/// A call that waits looks again this often, whatever it hears: engines' own queues move unheard.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// Where a call got.
pub(crate) enum Reached {
    Answer(Box<Answered>),
    /// It is a batch now.
    Deferred(Response),
}

/// A call that an engine answers.
pub(crate) struct Answered {
    pub(crate) attempted: Attempted,
    pub(crate) planned: Planned,
    pub(crate) deadline: Instant,
    /// What made way for it: `model` or `wait`.
    pub(crate) degraded: Option<&'static str>,
}

/// A call that nothing served, with the error that its caller is told unless something is done.
struct Unserved {
    /// None where nothing may be done.
    admitted: Option<Admitted>,
    error: CallError,
}

impl Unserved {
    fn at_once(error: CallError) -> Box<Self> {
        Box::new(Self { admitted: None, error })
    }
}

/// A call on its way to an engine.
pub(crate) struct Way<'a> {
    pub(crate) call: &'a Call<'a>,
    pub(crate) outgoing: Outgoing<'a>,
    pub(crate) tab: &'a mut Tab,
    pub(crate) watch: &'a mut Watch,
}

impl Way<'_> {
    /// Takes a call to an engine, or to what its route has in place of one.
    pub(crate) async fn go(&mut self, admitted: Admitted) -> Result<Reached, CallError> {
        let gateway = self.call.gateway;
        let asked: Arc<[Arc<ModelEntry>]> = admitted.models().into();
        let (admitted, demand) = admitted.demand(gateway).await?;
        let mut unserved = match self.attempt(admitted, demand).await {
            Ok(answered) => return Ok(Reached::Answer(answered)),
            Err(unserved) => unserved,
        };
        for step in steps(&unserved) {
            let Some(admitted) = unserved.admitted.take().filter(|_| heals(&unserved.error)) else { break };
            let error = unserved.error.clone();
            let done = match &step {
                Degrade::Fail => break,
                Degrade::Model { model } => self.smaller(admitted, model, error).await,
                Degrade::Wait { most_ms } => {
                    let most = Duration::from_millis((*most_ms).into());
                    self.wait(admitted, (&asked, demand), most, error).await
                }
                Degrade::Batch => match self.defer(&admitted, &error).await {
                    Some(response) => return Ok(Reached::Deferred(response)),
                    None => Err(Box::new(Unserved { admitted: Some(admitted), error })),
                },
            };
            match done {
                Ok(mut answered) => {
                    answered.degraded = Some(word(&step));
                    count(&step);
                    return Ok(Reached::Answer(answered));
                }
                Err(still) => unserved = still,
            }
        }
        Err(unserved.error)
    }

    /// Plans and dispatches once.
    async fn attempt(&mut self, admitted: Admitted, demand: Demand) -> Result<Box<Answered>, Box<Unserved>> {
        let (gateway, arrival) = (self.call.gateway, self.call.arrival);
        let plan = || Planned::plan(gateway, admitted, demand, gateway.clock.now(), random());
        let planned = arrival.trace().stage(Stage::Plan).in_scope(plan).map_err(|refused| {
            let (admitted, error) = *refused;
            Box::new(Unserved { admitted: Some(admitted), error })
        })?;
        let reserved = Reserved::reserve(gateway, planned).await.map_err(Unserved::at_once)?;
        let deadline = self.deadline();
        let span = self.outgoing.span.clone();
        let tried = dispatch(gateway, reserved, self.outgoing, self.tab, self.watch, deadline);
        match tried.instrument(span).await {
            Ok((attempted, planned)) => {
                Ok(Box::new(Answered { attempted, planned, deadline, degraded: None }))
            }
            Err(undone) => {
                let admitted = Some(undone.planned.into_admitted());
                Err(Box::new(Unserved { admitted, error: undone.error }))
            }
        }
    }

    /// A call that may wait is given its time once it has its slot.
    fn deadline(&self) -> Instant {
        let begun = match self.call.caller.priority() {
            Priority::Interactive => Instant::from_std(self.call.arrival.started()),
            Priority::Batch => Instant::now(),
        };
        begun + self.call.gateway.settings.timeouts.total
    }

    async fn smaller(
        &mut self,
        admitted: Admitted,
        name: &str,
        error: CallError,
    ) -> Result<Box<Answered>, Box<Unserved>> {
        let entry = admitted.routed().and_then(|routed| routed.entry().smaller(name)).cloned();
        let Some(entry) = entry.filter(|entry| admitted.may_give_way_to(entry)) else {
            return Err(Box::new(Unserved { admitted: Some(admitted), error }));
        };
        if Instant::now() >= self.deadline() {
            return Err(Box::new(Unserved { admitted: Some(admitted), error }));
        }
        let with = admitted.with_models(&[entry]);
        let (admitted, demand) = with.demand(self.call.gateway).await.map_err(Unserved::at_once)?;
        match self.attempt(admitted, demand).await {
            // Told is why the model failed that was asked for.
            Err(still) if !heals(&still.error) && still.admitted.is_some() => {
                Err(Box::new(Unserved { admitted: still.admitted, error }))
            }
            done => done,
        }
    }

    /// Waits for a place on what was asked for. The place in the tenant's share is kept meanwhile.
    async fn wait(
        &mut self,
        mut admitted: Admitted,
        (asked, demand): (&[Arc<ModelEntry>], Demand),
        most: Duration,
        mut error: CallError,
    ) -> Result<Box<Answered>, Box<Unserved>> {
        let gateway = self.call.gateway;
        let until = (Instant::now() + most).min(self.deadline());
        loop {
            // Listening before looking: a call that ends in between wakes the next turn.
            let mut freed = pin!(gateway.fleet.freed());
            freed.as_mut().enable();
            let mut changed = pin!(gateway.configuration.changed().notified());
            changed.as_mut().enable();
            // Who may wait anyway has no place there.
            let counts = self.call.caller.priority() == Priority::Interactive;
            let place = counts.then(|| reserve::place(gateway, &admitted)).transpose();
            let place = place.map_err(Unserved::at_once)?;
            let look = until.min(Instant::now() + LOOK_AGAIN);
            let woken = async {
                tokio::select! {
                    () = freed => {}
                    () = changed => {}
                }
            };
            tokio::select! {
                biased;
                gone = self.watch.gone() => return Err(Unserved::at_once(gone)),
                _ = timeout_at(look, woken) => {}
            }
            drop(place);
            if Instant::now() >= until {
                return Err(Box::new(Unserved { admitted: Some(admitted), error }));
            }
            let with = admitted.with_models(&self.as_they_are(asked));
            let still = match self.attempt(with, demand).await {
                Ok(answered) => return Ok(answered),
                Err(still) => still,
            };
            match still.admitted {
                Some(kept) if heals(&still.error) => (admitted, error) = (kept, still.error),
                _ => return Err(still),
            }
        }
    }

    /// Models as they are served now: deployments come and go while a call waits.
    fn as_they_are(&self, asked: &[Arc<ModelEntry>]) -> Vec<Arc<ModelEntry>> {
        let snapshot = self.call.gateway.configuration.load();
        asked.iter().map(|entry| snapshot.model(entry.model.id).unwrap_or(entry).clone()).collect()
    }

    /// Puts the call off, where its caller takes that.
    async fn defer(&mut self, admitted: &Admitted, error: &CallError) -> Option<Response> {
        let deferral = self.call.gateway.deferral.as_ref()?;
        let path = format!("/v1{}", self.call.endpoint.path());
        if !deferral::accepts(self.call.arrival.headers()) || !deferral.takes(&path) {
            return None;
        }
        let entry = self.call.caller.entry();
        let call = Deferred {
            tenant: entry.tenant.tenant.id,
            project: entry.project.id,
            key: entry.key.id,
            path,
            body: deferral::unstreamed(admitted.parsed().body()?)?,
        };
        match deferral.defer(call).await {
            Ok(batch) => {
                count(&Degrade::Batch);
                tracing::debug!(%error, "a call was put off");
                Some(accepted(batch.to_string()))
            }
            Err(failed) => {
                tracing::warn!(error = failed, "a call could not be put off");
                None
            }
        }
    }
}

/// What the call's route says.
fn steps(unserved: &Unserved) -> Vec<Degrade> {
    let routed = unserved.admitted.as_ref().and_then(Admitted::routed);
    routed.map(|routed| routed.spec().when_exhausted.clone()).unwrap_or_default()
}

/// Whether time or another model may heal it.
const fn heals(error: &CallError) -> bool {
    matches!(
        error.code,
        ErrorCode::EngineUnavailable
            | ErrorCode::EngineOverloaded
            | ErrorCode::EngineOutOfMemory
            | ErrorCode::ConnectTimeout
            | ErrorCode::FirstTokenTimeout
            | ErrorCode::TotalTimeout
            | ErrorCode::StreamTruncated
    )
}

/// As the header says it.
pub(crate) const fn word(step: &Degrade) -> &'static str {
    match step {
        Degrade::Model { .. } => "model",
        Degrade::Wait { .. } => "wait",
        Degrade::Batch => "batch",
        Degrade::Fail => "fail",
    }
}

fn count(step: &Degrade) {
    metrics::counter!("switchyard_degraded_total", "by" => word(step)).increment(1);
}

fn accepted(batch: String) -> Response {
    let mut response = Response::new(Body::from(batch));
    *response.status_mut() = StatusCode::ACCEPTED;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
