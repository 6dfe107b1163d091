//! Plausible numbers of a platform for language models, the same at every run.

/// 21 November 2026, 14:05 UTC.
pub const NOW: i64 = 1_795_269_900;
const HOUR: i64 = 3_600;

/// The last `count` hours or days up to now.
pub fn times(count: i64, step: i64) -> Vec<i64> {
    let end = NOW.div_euclid(step) * step;
    (0..count).map(|at| end - (count - 1 - at) * step).collect()
}

pub fn hours() -> Vec<i64> {
    times(48, HOUR)
}

/// Noise between 0 and 1 that depends only on its arguments.
fn noise(at: i64, salt: i64) -> f64 {
    let mixed = (at
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(salt.wrapping_mul(1_442_695_040_888_963_407)))
    .rotate_left(23)
    .wrapping_mul(2_685_821_657_736_338_717);
    (mixed.unsigned_abs() % 10_000) as f64 / 10_000.0
}

/// Busy by day, quiet by night.
fn tide(at: i64) -> f64 {
    let hour = at.rem_euclid(86_400) as f64 / 3_600.0;
    0.18 + 0.82 * (1.0 - ((hour - 13.5) / 12.0).powi(2)).max(0.0).powi(2)
}

pub fn requests(times: &[i64], scale: f64, salt: i64) -> Vec<f64> {
    times.iter().map(|at| (scale * tide(*at) * (0.82 + 0.36 * noise(*at, salt))).round()).collect()
}

pub fn latency(times: &[i64], base: f64, salt: i64) -> Vec<f64> {
    times.iter().map(|at| base * (0.8 + 0.4 * tide(*at)) * (0.9 + 0.25 * noise(*at, salt))).collect()
}

pub fn small_ratio(times: &[i64], salt: i64) -> Vec<f64> {
    times
        .iter()
        .map(|at| {
            let calm = 0.002 + 0.003 * noise(*at, salt);
            // One bad hour, so that the eye has something to find.
            if at.rem_euclid(86_400) == 9 * HOUR && *at > NOW - 86_400 { 0.041 } else { calm }
        })
        .collect()
}
