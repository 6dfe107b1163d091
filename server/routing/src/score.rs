//! What a deployment costs a call, in seconds.
//!
//! A score is the time that the call is expected to wait for its first token (its place in the queue, the prompts read
//! before its own, its own without what the prefix cache has, a LoRA to load), the time that its answer then takes, and
//! what else counts as much as waiting: money, a model that fits the task badly, leaving a caller's deployment.
//! One unit for all is what lets load and affinity be compared: a cached prefix is worth what reading it again takes,
//! no more.
//!
//! Load is what this replica has on a deployment now, exactly, and what others have there, by the engine's last word.
//! That word is old. Others are supposed to have done since what we did ([`Crowd::replicas`]): a deployment that looked
//! empty to all of them fills in everyone's reckoning at once, so they don't all run to it.

use serde::{Deserialize, Serialize};
use shared::route::{Preset, ScoreWeights};

use crate::{Candidate, Demand, Lora};

/// How a route wants its calls to be placed.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Policy {
    pub weights: ScoreWeights,
    /// Seconds to the first token: what takes longer comes after what does not.
    pub first_token: Option<f32>,
    /// Tokens a second: what is slower comes after what is not.
    pub tokens_per_second: Option<f32>,
    /// Seconds that loading a LoRA takes.
    pub lora_load: f32,
}

impl Policy {
    pub const fn of(preset: Preset) -> Self {
        Self { weights: preset.weights(), first_token: None, tokens_per_second: None, lora_load: 1.5 }
    }
}

impl Default for Policy {
    fn default() -> Self {
        Self::of(Preset::Balanced)
    }
}

/// The parts of a score, each in seconds as it stands in the sum.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Score {
    /// Calls on it, those of other replicas by estimate.
    pub calls: f32,
    /// Expected seconds to the first token: waiting for a slot, reading prompts, loading a LoRA.
    pub wait: f32,
    pub prefill: f32,
    pub lora: f32,
    /// Expected seconds of the tokens after the first.
    pub decode: f32,
    /// What the call would cost, in thousandths of the currency's unit.
    pub cost: f32,
    pub misfit: f32,
    /// Whether the caller's session would leave its deployment.
    pub leaves: bool,
    /// All of it by the policy's weights: the lower, the better.
    pub total: f32,
}

impl Score {
    /// Expected seconds to the first token.
    pub fn first_token(&self) -> f32 {
        self.wait + self.prefill + self.lora
    }
}

/// What all candidates of a call have in common.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Crowd {
    /// How many calls other replicas have for one of ours.
    pub(crate) replicas: f32,
    /// The mean of the weights.
    weight: f32,
    /// Tokens' time that a call holds a slot, on average. How long answers are lies with the callers, not with a
    /// deployment: the mean of all is steadier than each one's own, and what tells them apart is their pace.
    held_tokens: f32,
    /// Slots of an engine that does not show its own: as of the largest of its like, so that all are measured alike.
    slots: u32,
    /// The deployment of the caller's session, by its place.
    home: Option<usize>,
}

/// More replicas than this are not reckoned with.
const MOST_REPLICAS: f32 = 16.0;
/// A full engine writes an answer half as fast as an idle one.
const CROWDING: f32 = 0.5;
/// Seconds; nothing writes faster.
const LEAST_PER_TOKEN: f32 = 0.000_1;
/// Seconds that each call before it costs a call, where nothing else is known: fewest calls first.
const EACH_CALL: f32 = 0.002;

impl Crowd {
    pub(crate) fn of(demand: &Demand, candidates: &[Candidate], open: &[usize]) -> Self {
        let (mut ours, mut others, mut weights, mut held) = (0.0_f32, 0.0_f32, 0.0_f32, 0.0_f32);
        let mut home: Option<(u64, usize)> = None;
        let mut slots = 1;
        for &index in open {
            let candidate = &candidates[index];
            weights += candidate.weight.max(1) as f32;
            slots = slots.max(candidate.slots_supposed());
            held += candidate.pace.service / candidate.pace.per_token.max(LEAST_PER_TOKEN);
            if let (Some(scrape), Some(there)) = (candidate.scrape, candidate.others_then()) {
                ours += scrape.ours as f32;
                others += there;
            }
            if let Some(session) = demand.session {
                let draw = crate::seed::mix(session, candidate.deployment.uuid().as_u128() as u64);
                if home.is_none_or(|(highest, _)| draw > highest) {
                    home = Some((draw, index));
                }
            }
        }
        let replicas = (others / ours.max(1.0)).min(MOST_REPLICAS);
        let count = open.len().max(1) as f32;
        let home = home.map(|(_, index)| index);
        Self { replicas, weight: weights / count, held_tokens: held / count, slots, home }
    }

    /// Calls on a deployment, by all replicas.
    fn calls(&self, candidate: &Candidate) -> f32 {
        let ours = candidate.in_flight as f32;
        let (Some(scrape), Some(then)) = (candidate.scrape, candidate.others_then()) else { return ours };
        let since = ours - scrape.ours as f32;
        ours + (then + self.replicas * since).max(0.0)
    }
}

pub(crate) fn score(demand: &Demand, policy: &Policy, crowd: &Crowd, index: usize, of: &Candidate) -> Score {
    let weights = &policy.weights;
    // A deployment of twice the mean weight carries twice the calls for the same wait.
    let share = crowd.weight / of.weight.max(1) as f32;
    let calls = crowd.calls(of) * share;
    let slots = of.slots_shown().unwrap_or(crowd.slots) as f32;
    let service = crowd.held_tokens * of.pace.per_token;
    let queue = ((calls + 1.0 - slots) / slots).max(0.0) * service;
    let wait = queue + EACH_CALL * calls;
    let unread = of.unread_tokens as f32 * share * (1.0 + crowd.replicas.min(1.0));
    let own = demand.prompt_tokens.saturating_sub(of.cached_tokens) as f32;
    // Prompts before it are read while it waits for a slot: only what is then left of them is waited for besides. Where
    // nothing is known of the slots, the wait for one may not be, and hides nothing.
    let hidden = if of.scrape.is_some() { queue } else { 0.0 };
    let before = (unread / of.pace.prefill.max(1.0) - hidden).max(0.0);
    let prefill = before + own / of.pace.prefill.max(1.0);
    let lora = if of.lora == Lora::Absent { policy.lora_load } else { 0.0 };
    let full = ((calls + 1.0) / slots).min(1.0);
    let decode = demand.output_tokens as f32 * of.pace.per_token / (1.0 - CROWDING * full);
    let leaves = crowd.home.is_some_and(|home| home != index);
    let sum = weights.first_token as f32 * (wait + prefill + lora)
        + weights.per_token as f32 * decode
        + weights.cost as f32 * of.cost
        + weights.task as f32 * of.misfit
        + if leaves { weights.stick as f32 } else { 0.0 };
    Score { calls, wait, prefill, lora, decode, cost: of.cost, misfit: of.misfit, leaves, total: sum }
}
