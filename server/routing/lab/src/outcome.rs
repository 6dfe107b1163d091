//! What came of a run.

use serde::{Deserialize, Serialize};

use crate::{
    Micros, Trace, Work,
    fleet::Course,
    model::{DECODE_SLOTS, SECOND, WARM_UP, seconds},
};

/// Figures of one run, or medians of several. Of requests that came after the warm-up.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Outcome {
    /// Seconds to the first token.
    pub mean: f64,
    pub p50: f64,
    pub p99: f64,
    /// Tokens of answers in a second, of the whole fleet, until the last answer's end.
    pub tokens_per_second: f64,
    /// Tokens a second that one answer has after its first, on average.
    pub answer_speed: f64,
    /// Of the prompts' tokens, the share that caches had.
    pub cache_hits: f64,
    /// Seconds of GPU for 1,000 tokens of answers: the readers' time and, of each second in a slot, its share of the
    /// engine's slots. The whole run, the warm-up included.
    pub gpu_seconds: f64,
    /// LoRAs loaded, for a thousand requests. The whole run.
    pub lora_loads: f64,
    /// Requests on the busiest deployment for one on the mean one.
    pub busiest: f64,
}

impl Outcome {
    pub(crate) fn of(trace: &Trace, courses: &[Course], work: &[Work]) -> Self {
        let measured = || trace.requests.iter().zip(courses).filter(|(_, course)| course.arrived >= WARM_UP);
        let mut waits: Vec<Micros> =
            measured().map(|(_, course)| course.first_token - course.arrived).collect();
        waits.sort_unstable();
        let sum = |of: fn(&Course) -> u64| measured().map(|(_, course)| of(course)).sum::<u64>() as f64;
        let prompt: f64 = measured().map(|(request, _)| f64::from(request.prompt_tokens)).sum();
        let output: f64 = measured().map(|(request, _)| f64::from(request.output_tokens)).sum();
        let end = courses.iter().map(|course| course.finished).max().unwrap_or(0);
        let in_slots = |course: &Course| course.finished - course.first_token;
        let slots: Micros = courses.iter().map(in_slots).sum();
        let reading: Micros = work.iter().map(|work| work.prefill).sum();
        let all_output: f64 = trace.requests.iter().map(|request| f64::from(request.output_tokens)).sum();
        let mut on = vec![0.0_f64; work.len()];
        measured().for_each(|(_, course)| on[course.deployment] += 1.0);
        let loads: u64 = work.iter().map(|work| work.lora_loads).sum();
        let count = waits.len().max(1) as f64;
        Self {
            mean: waits.iter().sum::<Micros>() as f64 / SECOND as f64 / count,
            p50: quantile(&waits, 0.5),
            p99: quantile(&waits, 0.99),
            tokens_per_second: output / seconds(end.saturating_sub(WARM_UP)).max(f64::EPSILON),
            answer_speed: (output - count)
                / (sum(|course| course.finished - course.first_token) / SECOND as f64),
            cache_hits: sum(|course| u64::from(course.cached)) / prompt.max(1.0),
            gpu_seconds: (seconds(reading) + seconds(slots) / f64::from(DECODE_SLOTS)) / all_output * 1_000.0,
            lora_loads: loads as f64 / trace.requests.len().max(1) as f64 * 1_000.0,
            busiest: on.iter().copied().fold(0.0, f64::max) * on.len() as f64 / count,
        }
    }

    /// Each figure's median.
    pub fn median(outcomes: &[Self]) -> Self {
        let of = |pick: fn(&Self) -> f64| median(outcomes.iter().map(pick));
        Self {
            mean: of(|outcome| outcome.mean),
            p50: of(|outcome| outcome.p50),
            p99: of(|outcome| outcome.p99),
            tokens_per_second: of(|outcome| outcome.tokens_per_second),
            answer_speed: of(|outcome| outcome.answer_speed),
            cache_hits: of(|outcome| outcome.cache_hits),
            gpu_seconds: of(|outcome| outcome.gpu_seconds),
            lora_loads: of(|outcome| outcome.lora_loads),
            busiest: of(|outcome| outcome.busiest),
        }
    }
}

/// Seconds below which a share of the waits lie, by the nearest rank.
fn quantile(sorted: &[Micros], share: f64) -> f64 {
    let rank = (sorted.len() as f64 * share).ceil() as usize;
    sorted.get(rank.saturating_sub(1)).map_or(0.0, |wait| seconds(*wait))
}

/// The middle one, or the mean of the two in the middle.
pub fn median(of: impl Iterator<Item = f64>) -> f64 {
    let mut sorted: Vec<f64> = of.collect();
    sorted.sort_unstable_by(f64::total_cmp);
    match sorted.len() {
        0 => 0.0,
        odd if odd % 2 == 1 => sorted[odd / 2],
        even => f64::midpoint(sorted[even / 2 - 1], sorted[even / 2]),
    }
}
