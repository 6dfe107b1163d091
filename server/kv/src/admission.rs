//! Token buckets: the arithmetic that both stores share.

use std::time::Duration;

/// `units` per `per`, with at most `burst` saved up. A bucket starts full.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RateLimit {
    pub units: u64,
    pub per: Duration,
    pub burst: u64,
}

impl RateLimit {
    /// So many a minute, all of which may come at once.
    pub const fn per_minute(units: u64) -> Self {
        Self { units, per: Duration::from_mins(1), burst: units }
    }

    /// Units gained per microsecond; `None` when the limit admits nothing at all.
    pub(crate) fn per_micro(self) -> Option<f64> {
        let micros = self.per.as_micros() as f64;
        (self.units > 0 && self.burst > 0 && micros > 0.0).then(|| self.units as f64 / micros)
    }
}

/// The answer of a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Admission {
    pub allowed: bool,
    /// Whole units left after this call.
    pub remaining: u64,
    /// How long until the same cost would be admitted. `None` when it was, or when no wait helps (a cost above the
    /// burst, or a limit of zero).
    pub retry_after: Option<Duration>,
}

/// Forgives what is lost when a fraction is written as decimal text.
pub(crate) const DUST: f64 = 1e-6;

impl Admission {
    /// Refused, and waiting does not help.
    pub(crate) const NEVER: Self = Self { allowed: false, remaining: 0, retry_after: None };

    /// `left`: units in the bucket after the decision.
    pub(crate) fn decided(allowed: bool, left: f64, limit: RateLimit, cost: u64) -> Self {
        let missing = cost as f64 - left;
        let retry_after = match limit.per_micro() {
            Some(rate) if !allowed && cost <= limit.burst => {
                Some(Duration::from_micros((missing / rate).ceil().max(1.0) as u64))
            }
            _ => None,
        };
        Self { allowed, remaining: (left + DUST).max(0.0) as u64, retry_after }
    }
}
