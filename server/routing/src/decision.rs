//! A decision as it was made, to be made again.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::{Candidate, Demand, Plan, Policy, plan};

/// All that a plan came of: the same record gives the same plan, here and elsewhere. Numbers, ids and hashes; nothing
/// of the prompt.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    pub demand: Demand,
    pub policy: Policy,
    pub candidates: Vec<Candidate>,
    /// Since the origin that the candidates' breakers reckon from.
    pub now: Duration,
    pub seed: u64,
}

impl Decision {
    pub fn plan(&self) -> Plan {
        plan(&self.demand, &self.candidates, &self.policy, self.now, self.seed)
    }
}
