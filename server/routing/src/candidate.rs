//! What a plan needs to know of one deployment.

use serde::{Deserialize, Serialize};
use shared::DeploymentId;
use snapshot::{DeploymentState, EngineLoad};

use crate::{Filter, Standing};

/// Above this share of its KV cache an engine begins to preempt what it has; with a queue besides, it is saturated.
pub const SATURATED_KV_USE: f64 = 0.95;

/// What the prober last said, where it said it lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Health {
    /// Never probed, or too long ago to believe: tried like a healthy one.
    #[default]
    Unknown,
    Healthy,
    /// Answers, but is loading or does not list the model.
    NotReady,
    Down,
}

/// What an engine said of itself, and what this replica had on it at that moment.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Scrape {
    pub load: EngineLoad,
    /// Calls of this replica that were on it then.
    pub ours: u32,
}

/// Whether the call's LoRA is in the engine's memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lora {
    /// The call wants none, or the engine tells nothing.
    #[default]
    NotAsked,
    Resident,
    /// It must be loaded first.
    Absent,
}

/// How fast a deployment is, as its calls showed. Never seen: the defaults.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Pace {
    /// Prompt tokens that it reads in a second.
    pub prefill: f32,
    /// Seconds that a token of an answer takes when it has nothing else to do.
    pub per_token: f32,
    /// Seconds that a call holds a slot.
    pub service: f32,
}

impl Default for Pace {
    fn default() -> Self {
        Self { prefill: 8_000.0, per_token: 0.025, service: 5.0 }
    }
}

/// What calls saw of a deployment lately, at the quantile that was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Observed {
    /// Seconds to the first token.
    pub first_token: Option<f32>,
    /// Tokens a second of one answer.
    pub tokens_per_second: Option<f32>,
}

/// One deployment of a model, as it stands at the moment of the call.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Candidate {
    pub deployment: DeploymentId,
    /// Whether its pool takes calls of this tenant.
    pub serves_tenant: bool,
    pub state: DeploymentState,
    /// Its share of calls; 0 is a standby.
    pub weight: u32,
    /// Tokens of prompt and completion together.
    pub context_length: u32,
    pub health: Health,
    pub standing: Standing,
    /// How long it still rests for being much worse than the others of its model, in milliseconds.
    pub ejected_ms: Option<u32>,
    /// How early the caller wants it: candidates of a lower tier come first.
    pub tier: u32,
    /// Why the call may not go there whatever its state.
    pub filtered: Option<Filter>,
    /// Calls that this replica has on it now.
    pub in_flight: u32,
    /// Prompt tokens of those calls that had no first token yet.
    pub unread_tokens: u32,
    /// Calls that it runs at once.
    pub slots: u32,
    pub scrape: Option<Scrape>,
    pub pace: Pace,
    pub observed: Observed,
    /// Tokens of this prompt that its prefix cache likely has.
    pub cached_tokens: u32,
    pub lora: Lora,
    /// How far it is into its slow start, 0 (just begun) to 1.
    pub warmth: f32,
    /// What the call would cost there by its list price, in thousandths of the currency's unit.
    pub cost: f32,
    /// How badly its model fits the task, 0 to 1; 0 where the caller named the model.
    pub misfit: f32,
}

impl Candidate {
    /// A deployment that is idle, healthy and takes everybody.
    pub fn idle(deployment: DeploymentId) -> Self {
        Self {
            deployment,
            serves_tenant: true,
            state: DeploymentState::Active,
            weight: 1,
            context_length: u32::MAX,
            health: Health::Healthy,
            standing: Standing::Closed,
            ejected_ms: None,
            tier: 0,
            filtered: None,
            in_flight: 0,
            unread_tokens: 0,
            slots: 16,
            scrape: None,
            pace: Pace::default(),
            observed: Observed::default(),
            cached_tokens: 0,
            lora: Lora::NotAsked,
            warmth: 1.0,
            cost: 0.0,
            misfit: 0.0,
        }
    }

    /// It queues with a full cache: nothing more should come, however well it would fit.
    pub(crate) fn saturated(&self) -> bool {
        self.scrape.is_some_and(|scrape| {
            scrape.load.waiting > 0 && scrape.load.kv_use.is_none_or(|share| share >= SATURATED_KV_USE)
        })
    }

    /// Calls that it runs at once, where that shows: the engine told, or some wait, so that those that run are all that
    /// may.
    pub(crate) fn slots_shown(&self) -> Option<u32> {
        let load = self.scrape?.load;
        load.slots.or_else(|| (load.waiting > 0).then_some(load.running)).map(|slots| slots.max(1))
    }

    /// And where it does not: as assumed, or twice those that run without any that wait.
    pub(crate) fn slots_supposed(&self) -> u32 {
        self.slots.max(self.scrape.map_or(0, |scrape| scrape.load.running.saturating_mul(2))).max(1)
    }

    /// Share of its slots in use, those of other replicas included, 0 to 1.
    pub fn full(&self) -> f32 {
        let calls = self.in_flight as f32 + self.others_then().unwrap_or(0.0);
        let slots = self.slots_shown().unwrap_or_else(|| self.slots_supposed());
        (calls / slots as f32).min(1.0)
    }

    /// Calls of other replicas that were on it when it was asked.
    pub(crate) fn others_then(&self) -> Option<f32> {
        let scrape = self.scrape?;
        let all = scrape.load.running.saturating_add(scrape.load.waiting);
        Some(all.saturating_sub(scrape.ours) as f32)
    }
}
