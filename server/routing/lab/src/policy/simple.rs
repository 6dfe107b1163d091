//! What others do.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};

use super::Policy;
use crate::{Ask, Micros, View};

#[derive(Debug)]
pub(super) struct Random(ChaCha8Rng);

impl Random {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }
}

impl Policy for Random {
    fn choose(&mut self, view: &View, _ask: &Ask<'_>, _now: Micros) -> usize {
        self.0.random_range(0..view.deployments.len())
    }
}

#[derive(Debug)]
pub(super) struct RoundRobin(usize);

impl RoundRobin {
    /// Gateways don't all begin with the first.
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed as usize & 0xffff)
    }
}

impl Policy for RoundRobin {
    fn choose(&mut self, view: &View, _ask: &Ask<'_>, _now: Micros) -> usize {
        self.0 += 1;
        self.0 % view.deployments.len()
    }
}

#[derive(Debug)]
pub(super) struct LeastRequests(ChaCha8Rng);

impl LeastRequests {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }
}

impl Policy for LeastRequests {
    fn choose(&mut self, view: &View, _ask: &Ask<'_>, _now: Micros) -> usize {
        let least = view.deployments.iter().map(|seen| seen.in_flight).min().unwrap_or(0);
        let ties = || {
            view.deployments
                .iter()
                .enumerate()
                .filter(|(_, seen)| seen.in_flight == least)
                .map(|(place, _)| place)
        };
        let drawn = self.0.random_range(0..ties().count());
        ties().nth(drawn).unwrap_or(0)
    }
}
