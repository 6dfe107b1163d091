//! The value axis: round numbers that cover the values.

/// A linear axis from zero (or below, where values are negative) with evenly spaced ticks.
#[derive(Clone, Debug, PartialEq)]
pub struct Scale {
    pub low: f64,
    pub high: f64,
    /// Ascending, the first is `low` and the last `high`.
    pub ticks: Vec<f64>,
}

impl Scale {
    /// Where `value` lies, in pixels from the top of a plot `height` pixels tall.
    pub fn y(&self, value: f64, height: f64) -> f64 {
        height - (value - self.low) / (self.high - self.low) * height
    }
}

/// A scale whose steps are 1, 2, 2.5 or 5 times a power of ten (Heckbert, "Nice Numbers for Graph
/// Labels"), with about `wanted` intervals. Values that are not finite are ignored. `whole` keeps steps at
/// one or more, for things that are counted.
pub fn nice_scale(values: impl IntoIterator<Item = f64>, wanted: u32, whole: bool) -> Scale {
    let (low, high) = values
        .into_iter()
        .filter(|value| value.is_finite())
        .fold((0.0_f64, 0.0_f64), |(low, high), value| (low.min(value), high.max(value)));
    // Nothing but zeros still needs an axis to lie on.
    let high = if high > low { high } else { 1.0 };
    let mut step = nice_step((high - low) / f64::from(wanted.max(1)));
    if whole {
        step = step.max(1.0);
    }
    // The small allowance keeps 0.30000000000000004 / 0.1 from taking one more step.
    let first = (low / step + 1e-9).floor() as i64;
    let last = ((high / step - 1e-9).ceil() as i64).max(first + 1);
    let ticks: Vec<f64> = (first..=last).map(|at| at as f64 * step).collect();
    Scale { low: first as f64 * step, high: last as f64 * step, ticks }
}

/// The smallest round number that is not below `rough`.
fn nice_step(rough: f64) -> f64 {
    let power = 10_f64.powf(rough.log10().floor());
    let fraction = rough / power;
    let nice = [1.0, 2.0, 2.5, 5.0].into_iter().find(|step| fraction <= step + 1e-9).unwrap_or(10.0);
    nice * power
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_cover_the_values() {
        let scale = nice_scale([3.0, 87.0, 42.0], 4, false);
        assert_eq!(scale.ticks, [0.0, 25.0, 50.0, 75.0, 100.0]);
        let scale = nice_scale([1_284_302.0], 4, true);
        assert_eq!(scale.ticks, [0.0, 500_000.0, 1_000_000.0, 1_500_000.0]);
    }

    #[test]
    fn negative_values_extend_the_axis_below_zero() {
        let scale = nice_scale([-30.0, 60.0], 4, false);
        assert_eq!(scale.ticks, [-50.0, -25.0, 0.0, 25.0, 50.0, 75.0]);
    }

    #[test]
    fn nothing_at_all_still_gives_an_axis() {
        assert_eq!(nice_scale([], 4, false).ticks, [0.0, 0.25, 0.5, 0.75, 1.0]);
        assert_eq!(nice_scale([0.0, f64::NAN], 4, true).ticks, [0.0, 1.0]);
    }

    #[test]
    fn counted_things_have_no_fractional_steps() {
        assert_eq!(nice_scale([2.0], 4, true).ticks, [0.0, 1.0, 2.0]);
        assert_eq!(nice_scale([0.3], 3, false).ticks.len(), 4);
    }

    #[test]
    fn positions_run_from_the_bottom_to_the_top() {
        let scale = nice_scale([100.0], 4, false);
        assert!((scale.y(0.0, 200.0) - 200.0).abs() < 1e-9);
        assert!((scale.y(100.0, 200.0)).abs() < 1e-9);
        assert!((scale.y(25.0, 200.0) - 150.0).abs() < 1e-9);
    }
}
