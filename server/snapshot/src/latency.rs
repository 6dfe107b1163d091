//! The buckets of stored latency histograms: written by the meter, read by reports.

/// Upper bounds of the buckets, in milliseconds, inclusive; steps of about 1.5. Stored rows depend on them: a change
/// needs a migration of `usage_hourly`.
pub const LATENCY_BOUNDS_MS: [u32; 31] = [
    1, 2, 3, 5, 7, 10, 15, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1_000, 1_500, 2_000, 3_000, 5_000,
    7_000, 10_000, 15_000, 20_000, 30_000, 60_000, 120_000, 300_000, 600_000,
];

/// Counts in a histogram: one a bound, and the open one above the last.
pub const LATENCY_BUCKETS: usize = LATENCY_BOUNDS_MS.len() + 1;

/// The bucket that a latency falls into.
pub fn latency_bucket(ms: u32) -> usize {
    LATENCY_BOUNDS_MS.partition_point(|bound| *bound < ms)
}

/// The latency that a share `quantile` (0 to 1) of the calls did not exceed, by linear interpolation inside its bucket;
/// None without calls. A quantile in the open bucket is told as the last bound.
pub fn latency_quantile(counts: &[u64], quantile: f64) -> Option<u32> {
    let total: u64 = counts.iter().sum();
    if total == 0 {
        return None;
    }
    let wanted = quantile.clamp(0.0, 1.0) * total as f64;
    let mut below = 0.0;
    for (bucket, &count) in counts.iter().enumerate() {
        let through = below + count as f64;
        if count > 0 && through >= wanted {
            let upper =
                *LATENCY_BOUNDS_MS.get(bucket).unwrap_or(&LATENCY_BOUNDS_MS[LATENCY_BOUNDS_MS.len() - 1]);
            let lower = bucket
                .checked_sub(1)
                .and_then(|at| LATENCY_BOUNDS_MS.get(at))
                .copied()
                .unwrap_or(0)
                .min(upper);
            let share = ((wanted - below) / count as f64).clamp(0.0, 1.0);
            return Some(lower + (share * f64::from(upper - lower)).round() as u32);
        }
        below = through;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bound_belongs_to_its_own_bucket() {
        assert_eq!(latency_bucket(0), 0);
        assert_eq!(latency_bucket(1), 0);
        assert_eq!(latency_bucket(2), 1);
        assert_eq!(latency_bucket(600_000), LATENCY_BUCKETS - 2);
        assert_eq!(latency_bucket(u32::MAX), LATENCY_BUCKETS - 1);
    }

    #[test]
    fn bounds_rise() {
        assert!(LATENCY_BOUNDS_MS.is_sorted_by(|a, b| a < b));
    }

    #[test]
    fn a_quantile_lies_in_the_bucket_where_its_call_fell() {
        let mut counts = [0; LATENCY_BUCKETS];
        assert_eq!(latency_quantile(&counts, 0.5), None);
        for ms in [10, 90, 90, 90, 900] {
            counts[latency_bucket(ms)] += 1;
        }
        let median = latency_quantile(&counts, 0.5).unwrap();
        assert!((70..=100).contains(&median), "{median}");
        assert_eq!(latency_quantile(&counts, 1.0), Some(1_000));
        counts[LATENCY_BUCKETS - 1] += 100;
        assert_eq!(latency_quantile(&counts, 0.99), Some(600_000));
    }
}
