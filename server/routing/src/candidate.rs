//! What a plan needs to know of one deployment.

use shared::DeploymentId;
use snapshot::{DeploymentState, EngineLoad};

use crate::{Filter, Standing};

/// Above this share of its KV cache an engine begins to preempt what it has; with a queue besides, it is saturated.
pub const SATURATED_KV_USE: f64 = 0.95;

/// What the prober last said, where it said it lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Health {
    /// Never probed, or too long ago to believe: tried like a healthy one.
    #[default]
    Unknown,
    Healthy,
    /// Answers, but is loading or does not list the model.
    NotReady,
    Down,
}

/// One deployment of the model, as it stands at the moment of the call.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Candidate {
    pub deployment: DeploymentId,
    /// Whether its pool takes calls of this tenant.
    pub serves_tenant: bool,
    pub state: DeploymentState,
    /// Its share of calls; 0 is a standby.
    pub weight: u32,
    /// Tokens of prompt and completion together.
    pub context_length: u32,
    /// Calls that this replica has on it now.
    pub in_flight: u32,
    /// What the engine said of itself, where it says anything.
    pub load: Option<EngineLoad>,
    pub health: Health,
    pub standing: Standing,
    /// How early the caller wants it: candidates of a lower tier come first.
    pub tier: u32,
    /// Why the call may not go there whatever its state: see [`Preferences::filter`](crate::Preferences::filter).
    pub filtered: Option<Filter>,
}

impl Candidate {
    /// Calls it has: ours, and those that wait in the engine whoever sent them.
    pub(crate) fn calls(&self) -> u64 {
        u64::from(self.in_flight) + self.load.map_or(0, |load| u64::from(load.waiting))
    }

    pub(crate) fn saturated(&self) -> bool {
        self.load
            .is_some_and(|load| load.waiting > 0 && load.kv_use.is_none_or(|share| share >= SATURATED_KV_USE))
    }
}
