//! How many more requests than calls may be sent: for retries, and for hedges.

use std::time::Duration;

/// What a second adds whatever the traffic, so that a quiet route may retry at all.
const A_SECOND: f32 = 0.5;
/// What may be saved up, in requests, beside a share of recent calls.
const MOST: f32 = 10.0;

/// Each call adds a share of a request, each extra request takes a whole one. A plain value; moments are durations
/// since any fixed origin.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    saved: f32,
    at: Duration,
}

impl Budget {
    pub const fn new(now: Duration) -> Self {
        Self { saved: MOST, at: now }
    }

    /// A call began: of a hundred, `percent` may be sent twice.
    pub fn call(&mut self, percent: u8, now: Duration) {
        self.pass(now);
        self.saved = (self.saved + f32::from(percent) / 100.0).min(MOST);
    }

    /// Asks for one extra request.
    pub fn take(&mut self, now: Duration) -> bool {
        self.pass(now);
        let may = self.saved >= 1.0;
        if may {
            self.saved -= 1.0;
        }
        may
    }

    fn pass(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.at).as_secs_f32();
        self.saved = passed.mul_add(A_SECOND, self.saved).min(MOST);
        self.at = self.at.max(now);
    }
}

/// Doubling pauses between attempts, each anywhere from half of itself to the whole, so that calls that failed together
/// don't come back together (`draw`: any number).
pub const fn backoff(attempt: u32, draw: u64) -> Duration {
    let doublings = if attempt < 5 { attempt } else { 5 };
    let half = 25_000_u64 << doublings;
    Duration::from_micros(half + ((half as u128 * draw as u128) >> 64) as u64)
}
