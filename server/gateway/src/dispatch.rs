//! Stage 6: the first good upstream. Retries, fallbacks and hedges happen here, and only here: nothing has been said yet.

use std::{collections::VecDeque, time::Duration};

use engines::Payload;
use routing::{AttemptResult, backoff};
use shared::{ErrorCode, route::Hedge};
use snapshot::TokenCounts;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::{
    budgets::Allowance,
    coalesce,
    error::CallError,
    failure::{Failure, Next},
    fleet::Attempt,
    gateway::Shared,
    plan::{Planned, Target},
    priority::Priority,
    reserve::Reserved,
    settle::Tab,
    tenants::TenantCall,
    unit::InFlight,
    upstream::{Outgoing, Upstream},
    watch::Watch,
};

mod hedge;

/// What an engine answered, and what is held for as long as it is passed on.
#[derive(Debug)]
pub(crate) struct Attempted {
    answer: Answer,
    target: Target,
    held: Held,
}

#[derive(Debug)]
pub(crate) enum Answer {
    Whole(Payload),
    Stream(Upstream),
}

/// Counted until dropped: the call on its deployment, and in its tenant's share.
#[derive(Debug)]
pub(crate) struct Held {
    in_flight: InFlight,
    _tenant: Option<TenantCall>,
}

impl Held {
    /// What the engine counted.
    pub(crate) fn told(&mut self, tokens: TokenCounts) {
        self.in_flight.told(tokens);
    }
}

impl Attempted {
    /// What answered.
    pub(crate) const fn target(&self) -> &Target {
        &self.target
    }

    pub(crate) fn into_parts(self) -> (Answer, Held) {
        (self.answer, self.held)
    }
}

/// A plan of which nothing answered.
#[derive(Debug)]
pub(crate) struct Undone {
    pub(crate) planned: Planned,
    pub(crate) error: CallError,
}

/// Tries the planned deployments in order until one answers. `deadline` is the call's own.
pub(crate) async fn dispatch(
    gateway: &Shared,
    reserved: Reserved,
    outgoing: Outgoing<'_>,
    tab: &mut Tab,
    watch: &mut Watch,
    deadline: Instant,
) -> Result<(Attempted, Planned), Box<Undone>> {
    let (planned, first, tenant) = reserved.into_parts();
    let total = gateway.settings.timeouts.total;
    let tried = async {
        let tries = Tries::new(gateway, outgoing, &planned, deadline, tab);
        tries.run(first, tab).await
    };
    let found = tokio::select! {
        biased;
        found = timeout_at(deadline, tried) => {
            found.unwrap_or_else(|_| Err(Failure::timeout(ErrorCode::TotalTimeout, total).error))
        }
        error = watch.gone() => Err(error),
    };
    match found {
        Ok(Answered { answer, target, in_flight }) => {
            Ok((Attempted { answer, target, held: Held { in_flight, _tenant: tenant } }, planned))
        }
        Err(error) => {
            let error = planned.failed(error);
            Err(Box::new(Undone { planned, error }))
        }
    }
}

struct Tries<'a> {
    gateway: &'a Shared,
    outgoing: Outgoing<'a>,
    planned: &'a Planned,
    deadline: Instant,
    allowance: Allowance,
    /// Requests to engines, all of the call's together.
    most: u16,
    hedge: Option<Hedge>,
}

/// What is left to try.
#[derive(Default)]
struct Ahead {
    first: Option<InFlight>,
    now: VecDeque<Target>,
    /// After a pause.
    again: Vec<Target>,
    pauses: u32,
    last: Option<CallError>,
    /// The last attempt never reached an engine: the next one in its place costs nothing more.
    free: bool,
}

impl Ahead {
    fn failed(&mut self, failed: Failed) {
        let Failed { target, failure } = failed;
        self.free = failure.result == AttemptResult::Neutral;
        if failure.next == Next::Again {
            self.again.push(target);
        }
        self.last = Some(failure.error);
    }

    fn error(self) -> CallError {
        self.last.unwrap_or_else(nothing_left)
    }
}

/// An attempt that may be made.
struct Ready {
    target: Target,
    in_flight: InFlight,
    pass: Attempt,
}

struct Answered {
    answer: Answer,
    target: Target,
    in_flight: InFlight,
}

struct Failed {
    target: Target,
    failure: Failure,
}

impl<'a> Tries<'a> {
    fn new(
        gateway: &'a Shared,
        outgoing: Outgoing<'a>,
        planned: &'a Planned,
        deadline: Instant,
        tab: &Tab,
    ) -> Self {
        let admitted = planned.admitted();
        let spec = admitted.routed().map(|routed| routed.spec());
        let allowance = gateway.budgets.of(admitted, gateway.fleet.now());
        if tab.tries() == 0 {
            allowance.call(gateway.fleet.now());
        }
        let most = spec.and_then(|spec| spec.retry.attempts).unwrap_or(gateway.settings.max_attempts);
        // Who may wait is in no hurry.
        let hurries = tab.tries() == 0 && admitted.caller().priority() == Priority::Interactive;
        let hedge = spec.and_then(|spec| spec.hedge).filter(|_| hurries);
        let most = tab.tries().saturating_add(most.max(1));
        Self { gateway, outgoing, planned, deadline, allowance, most, hedge }
    }

    async fn run(&self, first: Option<InFlight>, tab: &mut Tab) -> Result<Answered, CallError> {
        let mut ahead = Ahead { first, now: self.planned.targets().cloned().collect(), ..Ahead::default() };
        let mut hedge = self.hedge;
        while let Some(ready) = self.next(&mut ahead, tab).await {
            let ended = match hedge.take() {
                Some(hedge) => self.race(ready, hedge, &mut ahead, tab).await,
                None => self.make(ready).await,
            };
            match ended {
                Ok(answered) => return Ok(answered),
                Err(failed) if failed.failure.next == Next::Stop => return Err(failed.failure.error),
                Err(failed) => ahead.failed(failed),
            }
        }
        Err(ahead.error())
    }

    /// The next attempt, waited for if all of a round failed; None: no other may be made.
    async fn next(&self, ahead: &mut Ahead, tab: &mut Tab) -> Option<Ready> {
        loop {
            while let Some(target) = ahead.now.pop_front() {
                // Counted at selection for the first, now for the others.
                let counted = ahead.first.take();
                if tab.tries() >= self.most {
                    return None;
                }
                let Some(pass) = self.pass(&target) else { continue };
                if tab.tries() > 0 && !ahead.free && !self.allowance.retry(self.gateway.fleet.now()) {
                    self.gateway.counters.retry_refused();
                    return None;
                }
                return Some(self.begin(target, pass, counted, tab));
            }
            if ahead.again.is_empty() || tab.tries() >= self.most {
                return None;
            }
            sleep(backoff(ahead.pauses, rand::random())).await;
            ahead.pauses += 1;
            ahead.now = std::mem::take(&mut ahead.again).into();
        }
    }

    /// Its breaker may have opened since the plan, or another call be its probe.
    fn pass(&self, target: &Target) -> Option<Attempt> {
        self.gateway.fleet.attempt(target.deployment.id)
    }

    fn begin(&self, target: Target, pass: Attempt, counted: Option<InFlight>, tab: &mut Tab) -> Ready {
        let deployment = target.deployment.id;
        let mut in_flight = counted.unwrap_or_else(|| self.gateway.fleet.count(deployment, target.burden));
        tab.attempt(&target);
        self.planned.sent(self.gateway, deployment, &target.burden);
        in_flight.sent();
        Ready { target, in_flight, pass }
    }

    /// Makes an attempt. Dropped, it cancels the engine's work, tells the breaker nothing and gives its place back.
    async fn make(&self, ready: Ready) -> Result<Answered, Failed> {
        let Ready { target, mut in_flight, pass } = ready;
        let ended = self.ask(&target).await;
        let kind = self.planned.admitted().parsed().kind();
        let result = ended.as_ref().map_or_else(|failure| failure.result, |_| AttemptResult::Success);
        self.gateway.counters.attempt(result);
        pass.end(result);
        match ended {
            Ok(answer) => {
                self.gateway.fleet.worked(target.deployment.id, kind);
                if matches!(answer, Answer::Stream(_)) {
                    in_flight.begun();
                }
                Ok(Answered { answer, target, in_flight })
            }
            Err(failure) => {
                if failure.faulty {
                    self.gateway.fleet.faulty(&target.deployment, kind);
                }
                Err(Failed { target, failure })
            }
        }
    }

    async fn ask(&self, target: &Target) -> Result<Answer, Failure> {
        let timeouts = &self.gateway.settings.timeouts;
        let call = self.planned.admitted();
        if !call.parsed().request().wants_stream() {
            let whole = timeout_at(self.deadline, self.whole(target)).await;
            let late = || Failure::timeout(ErrorCode::TotalTimeout, timeouts.total);
            return whole.map_err(|_| late())?.map(Answer::Whole);
        }
        let begun = timeout(timeouts.first_token, self.outgoing.stream(self.gateway, call, target)).await;
        let late = || Failure::timeout(ErrorCode::FirstTokenTimeout, timeouts.first_token);
        begun.map_err(|_| late())?.map(Answer::Stream)
    }
}

impl Tries<'_> {
    /// With others of its kind, where the route says so.
    async fn whole(&self, target: &Target) -> Result<Payload, Failure> {
        let call = self.planned.admitted();
        match coalesce::ask(self.gateway, self.outgoing, call, target).await {
            Some(told) => told,
            None => self.outgoing.whole(self.gateway, call, target).await,
        }
    }
}

fn nothing_left() -> CallError {
    CallError::new(
        ErrorCode::EngineUnavailable,
        "The model cannot be reached now: none of its deployments is in service. Try again shortly.",
    )
    .retry_after(Duration::from_secs(2))
}
