//! Stage 6: the first good upstream. Retries and fallbacks happen here, and only here: nothing has been said yet.

use std::time::Duration;

use engines::Payload;
use routing::AttemptResult;
use shared::ErrorCode;
use snapshot::TokenCounts;
use tokio::time::{Instant, sleep, timeout, timeout_at};

use crate::{
    error::CallError,
    failure::{Failure, Next},
    gateway::Shared,
    plan::{Planned, Target},
    reserve::Reserved,
    settle::Tab,
    tenants::TenantCall,
    unit::InFlight,
    upstream::{Outgoing, Upstream},
    watch::Watch,
};

/// Before a deployment that failed is tried again: first, second, … time.
const PAUSES: [Duration; 3] =
    [Duration::from_millis(50), Duration::from_millis(200), Duration::from_millis(500)];

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

/// Tries the planned deployments in order until one answers. `deadline` is the call's own.
pub(crate) async fn dispatch(
    gateway: &Shared,
    reserved: Reserved,
    outgoing: Outgoing<'_>,
    tab: &mut Tab,
    watch: &mut Watch,
    deadline: Instant,
) -> Result<(Attempted, Planned), CallError> {
    let (planned, first, tenant) = reserved.into_parts();
    let total = gateway.settings.timeouts.total;
    let tried = async {
        let tries = Tries { gateway, outgoing, planned: &planned, deadline };
        tries.run(first, tab).await
    };
    let found = tokio::select! {
        biased;
        found = timeout_at(deadline, tried) => {
            found.unwrap_or_else(|_| Err(Failure::timeout(ErrorCode::TotalTimeout, total).error))
        }
        error = watch.gone() => Err(error),
    };
    let (answer, target, in_flight) = found.map_err(|error| planned.failed(error))?;
    let held = Held { in_flight, _tenant: tenant };
    Ok((Attempted { answer, target, held }, planned))
}

struct Tries<'a> {
    gateway: &'a Shared,
    outgoing: Outgoing<'a>,
    planned: &'a Planned,
    deadline: Instant,
}

impl Tries<'_> {
    async fn run(
        &self,
        mut first: Option<InFlight>,
        tab: &mut Tab,
    ) -> Result<(Answer, Target, InFlight), CallError> {
        let most = self.gateway.settings.max_attempts;
        let mut last: Option<CallError> = None;
        let mut round: Vec<_> = self.planned.targets().cloned().collect();
        for pause in [None].into_iter().chain(PAUSES.into_iter().map(Some)) {
            if let Some(pause) = pause {
                sleep(pause).await;
            }
            let mut again = Vec::new();
            for target in round {
                let deployment = &target.deployment;
                // Counted at selection for the first, now for the others.
                let mut in_flight =
                    first.take().unwrap_or_else(|| self.gateway.fleet.count(deployment.id, target.burden));
                if tab.tries() >= most {
                    return Err(last.unwrap_or_else(nothing_left));
                }
                // Its breaker may have opened since the plan, or another call be its probe.
                let Some(pass) = self.gateway.fleet.attempt(deployment.id) else { continue };
                tab.attempt(&target);
                self.planned.sent(self.gateway, deployment.id, &target.burden);
                in_flight.sent();
                match self.attempt(&target).await {
                    Ok(answer) => {
                        self.gateway.counters.attempt(AttemptResult::Success);
                        pass.end(AttemptResult::Success);
                        if matches!(answer, Answer::Stream(_)) {
                            in_flight.begun();
                        }
                        return Ok((answer, target, in_flight));
                    }
                    Err(failure) => {
                        self.gateway.counters.attempt(failure.result);
                        pass.end(failure.result);
                        match failure.next {
                            Next::Stop => return Err(failure.error),
                            Next::Elsewhere => {}
                            Next::Again => again.push(target),
                        }
                        last = Some(failure.error);
                    }
                }
            }
            round = again;
            if round.is_empty() {
                break;
            }
        }
        Err(last.unwrap_or_else(nothing_left))
    }

    async fn attempt(&self, target: &Target) -> Result<Answer, Failure> {
        let timeouts = &self.gateway.settings.timeouts;
        let call = self.planned.admitted();
        if !call.parsed().request().wants_stream() {
            let whole = timeout_at(self.deadline, self.outgoing.whole(self.gateway, call, target)).await;
            let late = || Failure::timeout(ErrorCode::TotalTimeout, timeouts.total);
            return whole.map_err(|_| late())?.map(Answer::Whole);
        }
        let begun = timeout(timeouts.first_token, self.outgoing.stream(self.gateway, call, target)).await;
        let late = || Failure::timeout(ErrorCode::FirstTokenTimeout, timeouts.first_token);
        begun.map_err(|_| late())?.map(Answer::Stream)
    }
}

fn nothing_left() -> CallError {
    CallError::new(
        ErrorCode::EngineUnavailable,
        "The model cannot be reached now: none of its deployments is in service. Try again shortly.",
    )
    .retry_after(Duration::from_secs(2))
}
