//! The time axis: ticks on round UTC moments.

use crate::format::{Civil, clock, short_date};

const MINUTE: i64 = 60;
const HOUR: i64 = 3_600;
const DAY: i64 = 86_400;
const STEPS: [i64; 16] = [
    MINUTE,
    5 * MINUTE,
    10 * MINUTE,
    15 * MINUTE,
    30 * MINUTE,
    HOUR,
    2 * HOUR,
    3 * HOUR,
    6 * HOUR,
    12 * HOUR,
    DAY,
    2 * DAY,
    4 * DAY,
    7 * DAY,
    14 * DAY,
    28 * DAY,
];

/// One labelled moment of the axis.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimeTick {
    /// Unix seconds.
    pub at: i64,
    pub label: String,
}

/// At most `most` ticks within `from..=to` (Unix seconds), on multiples of a round step; the label is the
/// time of day, or the date at midnight and for steps of a day or more.
pub fn time_ticks(from: i64, to: i64, most: usize) -> Vec<TimeTick> {
    if to < from || most == 0 {
        return Vec::new();
    }
    let count = |step: i64| to.div_euclid(step) - (from - 1).div_euclid(step);
    let step = STEPS.into_iter().find(|step| count(*step) <= most as i64).unwrap_or_else(|| {
        let rough = (to - from) / most as i64 + 1;
        (rough + DAY - 1) / DAY * DAY
    });
    let first = ((from - 1).div_euclid(step) + 1) * step;
    (first..=to).step_by(step as usize).map(|at| TimeTick { at, label: label(at, step) }).collect()
}

fn label(at: i64, step: i64) -> String {
    let midnight = at.rem_euclid(DAY) == 0;
    if step >= 365 * DAY {
        Civil::from_unix(at).year.to_string()
    } else if step >= DAY || midnight {
        short_date(at)
    } else {
        clock(at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 20 November 2026, 00:00 UTC.
    const START: i64 = 1_795_132_800;

    fn labels(from: i64, to: i64, most: usize) -> Vec<String> {
        time_ticks(from, to, most).into_iter().map(|tick| tick.label).collect()
    }

    #[test]
    fn a_day_is_cut_into_hours_with_the_date_at_midnight() {
        assert_eq!(
            labels(START, START + DAY - HOUR, 8),
            ["20 Nov", "03:00", "06:00", "09:00", "12:00", "15:00", "18:00", "21:00"]
        );
    }

    #[test]
    fn a_month_is_cut_into_days() {
        let ticks = time_ticks(START, START + 29 * DAY, 8);
        assert!(ticks.len() <= 8 && ticks.len() >= 6, "{ticks:?}");
        assert!(ticks.iter().all(|tick| tick.at % DAY == 0));
    }

    #[test]
    fn ticks_stay_within_the_range_and_its_limit() {
        for span in [90, 3_000, 50_000, 400_000, 9_000_000, 400_000_000] {
            let ticks = time_ticks(START + 17, START + 17 + span, 6);
            assert!(ticks.len() <= 6, "{span}: {}", ticks.len());
            assert!(ticks.iter().all(|tick| tick.at >= START + 17 && tick.at <= START + 17 + span));
        }
        assert!(time_ticks(START, START - 1, 6).is_empty());
    }
}
