//! The order in which a call tries deployments.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use snapshot::DeploymentState;

use crate::{
    Candidate, Demand, Filter, Health, Policy, Standing,
    score::{Crowd, Score, score},
    seed::Seed,
};

/// Why a candidate stands where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Its breaker lets one call try whether it has recovered.
    BreakerProbe,
    /// It is the only one of its rank.
    OnlyOne,
    /// The best score.
    BestScore,
    /// As good as the best, and drawn by weight among them.
    DrawnAmongBest,
    /// The better of two drawn: other replicas choose among the same deployments at this moment.
    BetterOfTwo,
    /// Not first; by its score.
    ByScore,
}

/// Ranks are tried one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rank {
    Serving,
    /// Came back a moment ago, and this call is not of the share that it takes so far.
    Warming,
    /// Misses what the call wishes of latency or throughput.
    Late,
    /// Carries weight, but queues with a full cache.
    Saturated,
    /// Weight 0.
    Standby,
    /// Answers its probe, but says that it is loading or does not list the model. Its word may be wrong (a model under
    /// an alias), so it is tried when nothing else is left.
    Unready,
}

#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Choice {
    /// Its place among the candidates given.
    pub index: usize,
    pub rank: Rank,
    pub reason: Reason,
    pub score: Score,
}

/// Why a candidate may not serve this call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rejection {
    /// Its pool is another tenant's own.
    Pool,
    /// What the caller asked for, its route says or its account allows keeps it out.
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
    /// It was much worse than the others of its model lately; how long it still rests.
    Ejected {
        rest: Duration,
    },
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
            Self::Ejected { .. } => "ejected",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
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
            Rejection::BreakerOpen { rest } | Rejection::Ejected { rest } => Some(*rest),
            _ => None,
        });
        rests.min()
    }
}

/// Scores this close are one: seconds, and a share of the better one.
const TIE_SECONDS: f32 = 0.000_5;
const TIE_SHARE: f32 = 0.000_5;
/// And this close, they may change places before the other replicas' calls are seen.
const NEAR_SECONDS: f32 = 0.02;
const NEAR_SHARE: f32 = 0.05;
/// With more calls of other replicas for one of ours than this, two are drawn: what looks best to one looks best to all.
const CROWDED: f32 = 0.25;
/// The least share that a deployment takes at the start of its slow start.
const LEAST_WARMTH: f32 = 0.05;

/// Orders the candidates for one call.
///
/// Tiers, as the caller wants them, come before ranks, and ranks before scores, so load that vetoes (a saturated
/// engine) comes before any affinity. First of a rank is the best score, drawn by weight where several are as good.
/// Where other replicas send to the same deployments, what looks best to one looks best to all: two are drawn by weight
/// among those about as good as the best, and the better goes first. Only among those: a drawn one that lacks the LoRA
/// or the prefix costs the call more than a deployment that is a little busier than it looked. The others follow by
/// their scores. A candidate whose breaker wants a probe leads its rank: it takes one call only, and that call falls
/// back to the others.
pub fn plan(demand: &Demand, candidates: &[Candidate], policy: &Policy, now: Duration, seed: u64) -> Plan {
    let mut plan = Plan::default();
    let mut open = Vec::with_capacity(candidates.len());
    for (index, candidate) in candidates.iter().enumerate() {
        match rejection(demand, candidate, now) {
            Some(rejection) => plan.rejected.push((index, rejection)),
            None => open.push(index),
        }
    }
    let crowd = Crowd::of(demand, candidates, &open);
    let mut seed = Seed::new(seed);
    let mut choices = Vec::with_capacity(open.len());
    let mut order: Vec<u128> = Vec::with_capacity(open.len());
    for index in open {
        let candidate = &candidates[index];
        let score = score(demand, policy, &crowd, index, candidate);
        let rank = rank(candidate, policy, demand, &score, &mut seed);
        order.push(place(rank, candidate.tier, score.total, choices.len()));
        choices.push(Choice { index, rank, reason: Reason::ByScore, score });
    }
    // One number for each: sorting the choices themselves takes longer than all scores.
    order.sort_unstable();
    plan.ordered.extend(order.into_iter().map(|place| choices[place as u32 as usize]));
    // What says that it is not ready comes last of all, however early the caller wants it.
    let key = |choice: &Choice| (choice.rank == Rank::Unready, candidates[choice.index].tier, choice.rank);
    for group in plan.ordered.chunk_by_mut(|a, b| key(a) == key(b)) {
        let (first, reason) = first(group, candidates, &crowd, &mut seed);
        group[first].reason = reason;
        group[..=first].rotate_right(1);
    }
    plan
}

/// Where a choice stands: a number that grows with whether it is unready, its tier, its rank, its score, and its own
/// number, which are its lowest 32 bits.
fn place(rank: Rank, tier: u32, total: f32, number: usize) -> u128 {
    // The order of `f32::total_cmp`.
    let bits = total.to_bits();
    let score = if bits >> 31 == 0 { bits | 1 << 31 } else { !bits };
    let high = u64::from(rank == Rank::Unready) << 40 | u64::from(tier) << 8 | rank as u64;
    u128::from(high) << 64 | u128::from(score) << 32 | number as u128
}

fn rejection(demand: &Demand, candidate: &Candidate, now: Duration) -> Option<Rejection> {
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
    if let Some(rest) = candidate.ejected_ms {
        return Some(Rejection::Ejected { rest: Duration::from_millis(u64::from(rest)) });
    }
    (candidate.health == Health::Down).then_some(Rejection::Down)
}

fn rank(candidate: &Candidate, policy: &Policy, demand: &Demand, score: &Score, seed: &mut Seed) -> Rank {
    match candidate {
        Candidate { health: Health::NotReady, .. } => Rank::Unready,
        Candidate { weight: 0, .. } => Rank::Standby,
        candidate if candidate.saturated() => Rank::Saturated,
        candidate if late(candidate, policy, demand, score) => Rank::Late,
        // Drawn for those alone that warm up, so that the others' plans do not depend on them.
        candidate if candidate.warmth < 1.0 && seed.fraction() >= candidate.warmth.max(LEAST_WARMTH) => {
            Rank::Warming
        }
        _ => Rank::Serving,
    }
}

/// Whether it misses what the call wishes: by what its calls saw, else by what is expected.
fn late(candidate: &Candidate, policy: &Policy, demand: &Demand, score: &Score) -> bool {
    let first_token = candidate.observed.first_token.unwrap_or_else(|| score.first_token());
    let expected = demand.output_tokens.max(1) as f32 / score.decode.max(f32::EPSILON);
    let speed = candidate.observed.tokens_per_second.unwrap_or(expected);
    policy.first_token.is_some_and(|most| first_token > most)
        || policy.tokens_per_second.is_some_and(|least| speed < least)
}

/// Which of a rank is tried first, by its place; the group is sorted by score.
fn first(group: &[Choice], candidates: &[Candidate], crowd: &Crowd, seed: &mut Seed) -> (usize, Reason) {
    let of = |place: usize| &candidates[group[place].index];
    if let Some(place) = (0..group.len()).find(|place| of(*place).standing == Standing::ProbeDue) {
        return (place, Reason::BreakerProbe);
    }
    if group.len() == 1 {
        return (0, Reason::OnlyOne);
    }
    let best = group[0].score.total;
    if crowd.replicas > CROWDED {
        let near = best + NEAR_SECONDS.max(best * NEAR_SHARE);
        let near = group.partition_point(|choice| choice.score.total <= near);
        if near > 2 {
            let one = draw(near, None, of, seed);
            let two = draw(near, Some(one), of, seed);
            // Sorted by score: the earlier is the better.
            return (one.min(two), Reason::BetterOfTwo);
        }
    }
    let tied = best + TIE_SECONDS.max(best * TIE_SHARE);
    let ties = group.partition_point(|choice| choice.score.total <= tied);
    if ties > 1 { (draw(ties, None, of, seed), Reason::DrawnAmongBest) } else { (0, Reason::BestScore) }
}

/// One of the first `count` of a group, by weight; never `but`.
fn draw<'a>(count: usize, but: Option<usize>, of: impl Fn(usize) -> &'a Candidate, seed: &mut Seed) -> usize {
    let others = || (0..count).filter(|place| Some(*place) != but);
    // A standby's weight is 0; among standbys all are equal.
    let share = |place: usize| u64::from(of(place).weight.max(1));
    let mut point = seed.below(others().map(share).sum::<u64>().max(1));
    let mut last = 0;
    for place in others() {
        last = place;
        let weight = share(place);
        if point < weight {
            break;
        }
        point -= weight;
    }
    last
}
