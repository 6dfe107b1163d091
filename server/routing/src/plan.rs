//! The order in which a call tries a model's deployments.

use std::time::Duration;

use snapshot::DeploymentState;

use crate::{Candidate, Filter, Health, Standing, seed::Seed};

/// What the call asks of a deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Demand {
    /// Tokens that must fit: the prompt's estimate, and the completion where the caller bounded it.
    pub tokens: u64,
}

/// Why a candidate stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// Its breaker lets one call try whether it has recovered.
    BreakerProbe,
    /// It is the only one of its rank that is left.
    OnlyOne,
    /// Fewer calls for its weight than the other one drawn.
    LeastLoaded,
}

/// Ranks are tried one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    Serving,
    /// Carries weight, but queues with a full cache.
    Saturated,
    /// Weight 0.
    Standby,
    /// Answers its probe, but says that it is loading or does not list the model. Its word may be wrong (a model under
    /// an alias), so it is tried when nothing else is left.
    Unready,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Its place among the candidates given.
    pub index: usize,
    pub rank: Rank,
    pub reason: Reason,
}

/// Why a candidate may not serve this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rejection {
    /// Its pool is another tenant's own.
    Pool,
    /// What the caller asked for, or what its account allows, keeps it out.
    Filtered(Filter),
    /// It finishes what it has and gets nothing new.
    Draining,
    /// Prompt and completion do not fit; its limit in tokens.
    ContextLength {
        limit: u32,
    },
    Down,
    /// It failed too often lately; how long it still rests.
    BreakerOpen {
        rest: Duration,
    },
    /// Another call is finding out whether it has recovered.
    BreakerProbing,
}

impl Rejection {
    /// A word for traces and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pool => "pool",
            Self::Filtered(filter) => filter.as_str(),
            Self::Draining => "draining",
            Self::ContextLength { .. } => "context_length",
            Self::Down => "down",
            Self::BreakerOpen { .. } => "breaker_open",
            Self::BreakerProbing => "breaker_probing",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Plan {
    pub ordered: Vec<Choice>,
    /// By place among the candidates given.
    pub rejected: Vec<(usize, Rejection)>,
}

impl Plan {
    /// The largest context length among those left out for nothing but their context length.
    pub fn context_limit(&self) -> Option<u32> {
        let limits = self.rejected.iter().filter_map(|(_, rejection)| match rejection {
            Rejection::ContextLength { limit } => Some(*limit),
            _ => None,
        });
        limits.max()
    }

    /// The soonest moment at which a resting deployment may be tried again.
    pub fn soonest_retry(&self) -> Option<Duration> {
        let rests = self.rejected.iter().filter_map(|(_, rejection)| match rejection {
            Rejection::BreakerOpen { rest } => Some(*rest),
            _ => None,
        });
        rests.min()
    }
}

/// Orders the candidates for one call.
///
/// Tiers, as the caller wants them, come before ranks. Within a rank of a tier: the power of two choices. Two are drawn by weight, the one with fewer calls for its weight goes
/// first, and so on with the rest. A candidate whose breaker wants a probe leads its rank: it takes one call only, and
/// that call falls back to the others.
pub fn plan(demand: Demand, candidates: &[Candidate], now: Duration, seed: u64) -> Plan {
    let mut plan = Plan::default();
    let mut open: Vec<((bool, u32, Rank), usize)> = Vec::with_capacity(candidates.len());
    for (index, candidate) in candidates.iter().enumerate() {
        if let Some(rejection) = rejection(demand, candidate, now) {
            plan.rejected.push((index, rejection));
        } else {
            let rank = rank(candidate);
            // What says that it is not ready comes last of all, however early the caller wants it.
            open.push(((rank == Rank::Unready, candidate.tier, rank), index));
        }
    }
    open.sort_unstable();
    let mut seed = Seed::new(seed);
    plan.ordered.reserve(open.len());
    for group in open.chunk_by(|a, b| a.0 == b.0) {
        let mut left: Vec<usize> = group.iter().map(|(_, index)| *index).collect();
        let rank = group[0].0.2;
        while !left.is_empty() {
            let (place, reason) = next(&left, candidates, &mut seed);
            plan.ordered.push(Choice { index: left.swap_remove(place), rank, reason });
        }
    }
    plan
}

fn rejection(demand: Demand, candidate: &Candidate, now: Duration) -> Option<Rejection> {
    // What can never serve the call comes first, so that a reason that time heals is only given where it is the only one.
    if !candidate.serves_tenant {
        return Some(Rejection::Pool);
    }
    if let Some(filter) = candidate.filtered {
        return Some(Rejection::Filtered(filter));
    }
    if demand.tokens > u64::from(candidate.context_length) {
        return Some(Rejection::ContextLength { limit: candidate.context_length });
    }
    if candidate.state == DeploymentState::Draining {
        return Some(Rejection::Draining);
    }
    match candidate.standing {
        Standing::Closed | Standing::ProbeDue => {}
        Standing::Probing => return Some(Rejection::BreakerProbing),
        Standing::Open { until } => return Some(Rejection::BreakerOpen { rest: until.saturating_sub(now) }),
    }
    (candidate.health == Health::Down).then_some(Rejection::Down)
}

fn rank(candidate: &Candidate) -> Rank {
    match candidate {
        Candidate { health: Health::NotReady, .. } => Rank::Unready,
        Candidate { weight: 0, .. } => Rank::Standby,
        candidate if candidate.saturated() => Rank::Saturated,
        _ => Rank::Serving,
    }
}

fn next(left: &[usize], candidates: &[Candidate], seed: &mut Seed) -> (usize, Reason) {
    if let Some(place) = left.iter().position(|index| candidates[*index].standing == Standing::ProbeDue) {
        return (place, Reason::BreakerProbe);
    }
    if left.len() == 1 {
        return (0, Reason::OnlyOne);
    }
    let first = draw(left, candidates, None, seed);
    let second = draw(left, candidates, Some(first), seed);
    let (a, b) = (&candidates[left[first]], &candidates[left[second]]);
    // calls(a) / weight(a) <= calls(b) / weight(b), without division. One is added for the call at hand.
    let better = (a.calls() + 1) * share(b) <= (b.calls() + 1) * share(a);
    (if better { first } else { second }, Reason::LeastLoaded)
}

/// A standby's weight is 0; among standbys all are equal.
fn share(candidate: &Candidate) -> u64 {
    u64::from(candidate.weight.max(1))
}

fn draw(left: &[usize], candidates: &[Candidate], but: Option<usize>, seed: &mut Seed) -> usize {
    let others = || left.iter().enumerate().filter(|(place, _)| Some(*place) != but);
    let total: u64 = others().map(|(_, index)| share(&candidates[*index])).sum();
    let mut point = seed.below(total.max(1));
    let mut last = 0;
    for (place, index) in others() {
        last = place;
        let weight = share(&candidates[*index]);
        if point < weight {
            break;
        }
        point -= weight;
    }
    last
}
