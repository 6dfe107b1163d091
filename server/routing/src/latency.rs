//! How fast a deployment is, learned from its calls; what is old counts less and less.

use std::time::Duration;

use snapshot::{LATENCY_BUCKETS, latency_bucket, latency_quantile};

use crate::{Observed, Pace};

/// What was seen counts half after this.
const HALF_LIFE: Duration = Duration::from_mins(1);
/// Calls, each counting by its age, that a quantile needs to mean anything.
const ENOUGH: f32 = 3.0;
/// Prompts of like size are slow alike: up to 512, 2,048 and 8,192 tokens, and more.
const CLASS_BOUNDS: [u32; 3] = [512, 2_048, 8_192];
const CLASSES: usize = CLASS_BOUNDS.len() + 1;
/// How fast means follow the latest call, after the first ones: slow enough that equals look equal, since what one call
/// shows is mostly chance; fast enough that a change shows within some tens of calls.
const STEP: f32 = 0.02;
/// How much a call counts that shows a bound only.
const HELD_UP: f32 = 0.1;
/// Fixed-point parts of one call in a histogram that counts by age.
const PARTS: f32 = 1_024.0;

/// What one call showed.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Seen {
    pub prompt_tokens: u32,
    /// Prompt tokens that had to be read before the first token: its own without what was cached, and those of calls
    /// before it.
    pub read_tokens: u32,
    /// Share of the deployment's slots in use when it was sent, 0 to 1.
    pub full: f32,
    pub first_token: Option<Duration>,
    /// Tokens after the first, and how long they took.
    pub decoded: Option<(u32, Duration)>,
    /// How long it held its slot.
    pub service: Duration,
}

/// A histogram in which each call counts by its age.
#[derive(Debug, Clone)]
struct Fading {
    counts: [f32; LATENCY_BUCKETS],
    at: Duration,
}

impl Default for Fading {
    fn default() -> Self {
        Self { counts: [0.0; LATENCY_BUCKETS], at: Duration::ZERO }
    }
}

impl Fading {
    fn fade(&self, now: Duration) -> f32 {
        (-now.saturating_sub(self.at).as_secs_f32() / HALF_LIFE.as_secs_f32()).exp2()
    }

    fn add(&mut self, ms: u32, now: Duration) {
        let fade = self.fade(now);
        for count in &mut self.counts {
            *count *= fade;
        }
        self.counts[latency_bucket(ms)] += 1.0;
        self.at = now;
    }

    /// Milliseconds that a share of the calls did not exceed; None of too few calls.
    fn quantile(&self, quantile: f64, now: Duration) -> Option<u32> {
        let fade = self.fade(now);
        if self.counts.iter().sum::<f32>() * fade < ENOUGH {
            return None;
        }
        latency_quantile(&self.counts.map(|count| (count * PARTS) as u64), quantile)
    }
}

/// A mean that follows the latest calls; the default counts as the first.
#[derive(Debug, Clone)]
struct Mean {
    mean: f32,
    calls: f32,
}

impl Mean {
    const fn from(default: f32) -> Self {
        Self { mean: default, calls: 1.0 }
    }

    fn follow(&mut self, value: f32, counts: f32) {
        self.calls += counts;
        self.mean += (counts / self.calls).max(counts * STEP) * (value - self.mean);
    }
}

#[derive(Debug, Clone)]
struct Means {
    prefill: Mean,
    per_token: Mean,
    service: Mean,
}

impl Default for Means {
    fn default() -> Self {
        let Pace { prefill, per_token, service } = Pace::default();
        Self { prefill: Mean::from(prefill), per_token: Mean::from(per_token), service: Mean::from(service) }
    }
}

/// One deployment's speed. Moments are durations since any fixed origin.
#[derive(Debug, Clone, Default)]
pub struct Latency {
    first_token: [Fading; CLASSES],
    /// Milliseconds a token, times 100.
    per_token: Fading,
    pace: Means,
}

impl Latency {
    pub fn learn(&mut self, seen: &Seen, now: Duration) {
        let pace = &mut self.pace;
        if let Some(first_token) = seen.first_token {
            self.first_token[class(seen.prompt_tokens)].add(millis(first_token), now);
            // Short prompts tell of the network, not of reading.
            if seen.read_tokens >= CLASS_BOUNDS[0] {
                let rate = seen.read_tokens as f32 / first_token.as_secs_f32().max(0.001);
                let rate = rate.clamp(50.0, 1_000_000.0);
                // With every slot taken the first token likely waited for one: reading is at least so fast.
                let held_up = seen.full >= 1.0 && rate < pace.prefill.mean;
                pace.prefill.follow(rate, if held_up { HELD_UP } else { 1.0 });
            }
        }
        if let Some((tokens, took)) = seen.decoded.filter(|(tokens, _)| *tokens > 0) {
            let each = took.as_secs_f32() / tokens as f32;
            self.per_token.add((each * 100_000.0) as u32, now);
            // As it would be with nothing else to do.
            pace.per_token.follow(each * (1.0 - 0.5 * seen.full.clamp(0.0, 1.0)), 1.0);
        }
        // Who found no slot free waited until its first token, about.
        let waited = seen.first_token.filter(|_| seen.full >= 1.0).unwrap_or_default();
        pace.service.follow(seen.service.saturating_sub(waited).as_secs_f32(), 1.0);
    }

    /// The means, or the defaults before any call.
    pub fn pace(&self) -> Pace {
        let Means { prefill, per_token, service } = &self.pace;
        Pace { prefill: prefill.mean, per_token: per_token.mean, service: service.mean }
    }

    /// What a share of the calls with prompts of like size saw; None of too few calls.
    pub fn observed(&self, prompt_tokens: u32, quantile: f64, now: Duration) -> Observed {
        let first_token = self.first_token[class(prompt_tokens)].quantile(quantile, now);
        let per_token = self.per_token.quantile(quantile, now).filter(|hundredths| *hundredths > 0);
        Observed {
            first_token: first_token.map(|ms| ms as f32 / 1_000.0),
            tokens_per_second: per_token.map(|hundredths| 100_000.0 / hundredths as f32),
        }
    }
}

fn class(prompt_tokens: u32) -> usize {
    CLASS_BOUNDS.partition_point(|bound| *bound < prompt_tokens)
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}
