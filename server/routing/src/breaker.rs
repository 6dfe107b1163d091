//! When a deployment that fails is left alone, and how it comes back.
//!
//! Closed → open after some failures in a row, or when half of the recent attempts failed; open → half-open when its
//! rest is over; half-open lets one attempt through, whose end closes it or opens it for twice as long.
//! A busy answer (429, 503 of a full queue) is no failure: a busy engine is a healthy one.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// How one attempt on a deployment ended, as the breaker sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptResult {
    Success,
    /// Connection refused or reset, a 5xx, a broken stream.
    Failure,
    /// Any of the four timeouts.
    Timeout,
    /// 429, or a full queue: says nothing against the deployment.
    Busy,
    /// The caller's own fault or the caller gone: says nothing either way.
    Neutral,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BreakerPolicy {
    /// Failures in a row that open it.
    pub failures_in_a_row: u32,
    /// Recent attempts that are looked at for the rate, at most 64.
    pub window: u32,
    /// Failures among a full window that open it.
    pub failures_in_window: u32,
    /// The first rest. Doubles while probes fail.
    pub rest: Duration,
    pub longest_rest: Duration,
    /// A probe that has not ended by then is taken for lost, and another may go.
    pub probe_patience: Duration,
}

impl Default for BreakerPolicy {
    fn default() -> Self {
        Self {
            failures_in_a_row: 5,
            window: 20,
            failures_in_window: 10,
            rest: Duration::from_secs(5),
            longest_rest: Duration::from_mins(1),
            probe_patience: Duration::from_mins(2),
        }
    }
}

/// Where a breaker stands at a moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    Closed,
    /// Rested: one attempt may find out.
    ProbeDue,
    /// That attempt is under way.
    Probing,
    Open {
        until: Duration,
    },
}

/// Permission for one attempt. Handed back with its result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub struct Pass {
    probe: bool,
    turn: u32,
}

impl Pass {
    pub const fn is_probe(self) -> bool {
        self.probe
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Closed,
    Open { until: Duration },
    Probing { since: Duration },
}

/// The breaker of one deployment: a plain value. Moments are durations since any fixed origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    state: State,
    /// Grows with every change of state, so that a late result of an earlier state is not mistaken for the probe's.
    turn: u32,
    in_a_row: u32,
    /// The last attempts, newest in the lowest bit; 1 is a failure.
    recent: u64,
    seen: u32,
    rest: Duration,
}

impl Default for Breaker {
    fn default() -> Self {
        Self { state: State::Closed, turn: 0, in_a_row: 0, recent: 0, seen: 0, rest: Duration::ZERO }
    }
}

impl Breaker {
    pub fn standing(&self, policy: &BreakerPolicy, now: Duration) -> Standing {
        match self.state {
            State::Closed => Standing::Closed,
            State::Open { until } if now < until => Standing::Open { until },
            State::Probing { since } if now < since + policy.probe_patience => Standing::Probing,
            State::Open { .. } | State::Probing { .. } => Standing::ProbeDue,
        }
    }

    /// Asks for one attempt; None while it rests or while another attempt probes.
    pub fn admit(&mut self, policy: &BreakerPolicy, now: Duration) -> Option<Pass> {
        match self.standing(policy, now) {
            Standing::Closed => Some(Pass { probe: false, turn: self.turn }),
            Standing::ProbeDue => {
                self.enter(State::Probing { since: now });
                Some(Pass { probe: true, turn: self.turn })
            }
            Standing::Probing | Standing::Open { .. } => None,
        }
    }

    /// Learns how an attempt ended. True when this opened the breaker.
    pub fn on_outcome(
        &mut self,
        policy: &BreakerPolicy,
        now: Duration,
        pass: Pass,
        result: AttemptResult,
    ) -> bool {
        if pass.turn != self.turn {
            return false;
        }
        match (self.state, result) {
            (State::Closed, AttemptResult::Success) => {
                self.remember(policy, false);
                false
            }
            (State::Closed, AttemptResult::Failure | AttemptResult::Timeout) => {
                self.remember(policy, true);
                let opens = self.in_a_row >= policy.failures_in_a_row || self.failing(policy);
                if opens {
                    self.open(now, policy.rest);
                }
                opens
            }
            // An engine that answers "busy" answers: that is what the probe was to find out.
            (State::Probing { .. }, AttemptResult::Success | AttemptResult::Busy) => {
                *self = Self { turn: self.turn.wrapping_add(1), ..Self::default() };
                false
            }
            (State::Probing { .. }, AttemptResult::Failure | AttemptResult::Timeout) => {
                let rest = (self.rest * 2).clamp(policy.rest, policy.longest_rest);
                self.open(now, rest);
                true
            }
            // The probe told nothing: the next call may be the probe.
            (State::Probing { .. }, AttemptResult::Neutral) => {
                self.enter(State::Open { until: now });
                false
            }
            (State::Closed, AttemptResult::Busy | AttemptResult::Neutral) | (State::Open { .. }, _) => false,
        }
    }

    /// Takes over that another replica opened it. Never shortens a rest, never disturbs a probe.
    pub fn adopt_open(&mut self, policy: &BreakerPolicy, now: Duration, until: Duration) {
        let until = until.min(now + policy.longest_rest);
        let adopts = match self.state {
            State::Closed => until > now,
            State::Open { until: own } => until > own,
            State::Probing { .. } => false,
        };
        if adopts {
            self.rest = self.rest.max(policy.rest);
            self.enter(State::Open { until });
        }
    }

    fn open(&mut self, now: Duration, rest: Duration) {
        (self.recent, self.seen, self.in_a_row, self.rest) = (0, 0, 0, rest);
        self.enter(State::Open { until: now + rest });
    }

    const fn enter(&mut self, state: State) {
        self.state = state;
        self.turn = self.turn.wrapping_add(1);
    }

    fn remember(&mut self, policy: &BreakerPolicy, failure: bool) {
        self.in_a_row = if failure { self.in_a_row.saturating_add(1) } else { 0 };
        self.recent = (self.recent << 1) | u64::from(failure);
        self.seen = self.seen.saturating_add(1).min(policy.window.min(64));
    }

    fn failing(&self, policy: &BreakerPolicy) -> bool {
        let window = policy.window.clamp(1, 64);
        let mask = u64::MAX >> (64 - window);
        self.seen >= window && (self.recent & mask).count_ones() >= policy.failures_in_window
    }
}
