//! Numbers from a seed.

use rand::{RngExt, SeedableRng, rngs::ChaCha8Rng};
use rand_distr::{Distribution, Exp1, StandardNormal, Zipf};

use crate::{Micros, model::SECOND};

/// ChaCha8: the same on every machine and with every version of its crate.
#[derive(Debug)]
pub(super) struct Draw(ChaCha8Rng);

impl Draw {
    pub(super) fn new(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// Until the next of what comes so often a second, at no time likelier than at another.
    pub(super) fn gap(&mut self, per_second: f64) -> Micros {
        let gap: f64 = Exp1.sample(&mut self.0);
        (gap / per_second * SECOND as f64) as Micros
    }

    /// Tokens: half of them below the median; the logarithm's deviation is `spread`.
    pub(super) fn tokens(&mut self, median: f64, spread: f64, least: u32, most: u32) -> u32 {
        let normal: f64 = StandardNormal.sample(&mut self.0);
        ((median * (spread * normal).exp()) as u32).clamp(least, most)
    }

    pub(super) fn between(&mut self, least: u32, most: u32) -> u32 {
        self.0.random_range(least..=most)
    }

    /// One of `count`, the first the most popular: the n-th drawn n^`exponent` times less often.
    pub(super) fn popular(&mut self, count: u32, exponent: f64) -> usize {
        Zipf::new(f64::from(count), exponent).map_or(0, |zipf| zipf.sample(&mut self.0) as usize - 1)
    }

    pub(super) fn chance(&mut self, share: f64) -> bool {
        self.0.random_bool(share)
    }
}
