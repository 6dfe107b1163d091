//! Counts, ratios, durations and sizes.

/// A whole number with thousands separators: `1284302` → `1,284,302`.
pub fn group(value: i64) -> String {
    let digits = value.unsigned_abs().to_string();
    let grouped = group_digits(&digits);
    if value < 0 { format!("−{grouped}") } else { grouped }
}

/// Puts a comma between every three digits, from the right.
pub(super) fn group_digits(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A decimal with at most `places` fraction digits, trailing zeros dropped, ASCII minus: made for
/// coordinates and as a part of other formats. Not a number → `0`.
pub fn fixed(value: f64, places: u32) -> String {
    let scale = 10_i64.pow(places.min(9));
    // The cast saturates and turns NaN into 0.
    let scaled = (value * scale as f64).round() as i64;
    let (whole, rest) = (scaled.unsigned_abs() / scale as u64, scaled.unsigned_abs() % scale as u64);
    let sign = if scaled < 0 { "-" } else { "" };
    if rest == 0 {
        return format!("{sign}{whole}");
    }
    let rest = format!("{rest:0width$}", width = places.min(9) as usize);
    format!("{sign}{whole}.{}", rest.trim_end_matches('0'))
}

/// Fraction digits that make three significant ones: two below ten, one below a hundred, else none
/// (the limits lie where rounding would add a digit).
fn significant(value: f64) -> u32 {
    [9.995, 99.95].iter().filter(|limit| value < **limit).count() as u32
}

/// Three significant digits with a suffix: `1284302.0` → `1.28M`, `950.0` → `950`.
pub fn compact(value: f64) -> String {
    let size = value.abs();
    let sign = if value < 0.0 { "−" } else { "" };
    for (limit, suffix) in [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K")] {
        // 999 950 would round to 1000K, so it already takes the larger suffix.
        if size >= limit * 0.9995 {
            let scaled = size / limit;
            let places = significant(scaled);
            return format!("{sign}{}{suffix}", fixed(scaled, places));
        }
    }
    let places = if size >= 100.0 || size.fract() == 0.0 { 0 } else { 2 };
    format!("{sign}{}", fixed(size, places))
}

/// A ratio as a percentage: `0.0042` → `0.42%`, `0.5` → `50%`.
pub fn percent(ratio: f64) -> String {
    let value = ratio * 100.0;
    let places = significant(value.abs());
    let text = fixed(value.abs(), places);
    if value < 0.0 { format!("−{text}%") } else { format!("{text}%") }
}

/// A duration given in milliseconds: `412 ms`, `1.24 s`, `3 min 20 s`.
pub fn millis(value: f64) -> String {
    if value < 10.0 {
        format!("{} ms", fixed(value, 1))
    } else if value < 999.5 {
        format!("{} ms", fixed(value, 0))
    } else if value < 59_995.0 {
        format!("{} s", fixed(value / 1000.0, 2))
    } else {
        let seconds = (value / 1000.0).round() as u64;
        match (seconds / 60, seconds % 60) {
            (minutes, 0) => format!("{minutes} min"),
            (minutes, rest) => format!("{minutes} min {rest} s"),
        }
    }
}

/// A size in binary units: `1536.0` → `1.5 KiB`.
pub fn bytes(value: f64) -> String {
    for (limit, unit) in
        [(1024_f64.powi(4), "TiB"), (1024_f64.powi(3), "GiB"), (1024_f64.powi(2), "MiB"), (1024.0, "KiB")]
    {
        if value >= limit {
            return format!("{} {unit}", fixed(value / limit, 1));
        }
    }
    format!("{} B", fixed(value, 0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers_are_grouped_by_thousands() {
        assert_eq!(group(0), "0");
        assert_eq!(group(999), "999");
        assert_eq!(group(1_284_302), "1,284,302");
        assert_eq!(group(-12_000), "−12,000");
        assert_eq!(group(i64::MIN), "−9,223,372,036,854,775,808");
    }

    #[test]
    fn decimals_keep_only_the_places_that_matter() {
        assert_eq!(fixed(1.0, 2), "1");
        assert_eq!(fixed(-0.05, 2), "-0.05");
        assert_eq!(fixed(12.340, 3), "12.34");
        assert_eq!(fixed(-0.001, 1), "0");
        assert_eq!(fixed(f64::NAN, 1), "0");
    }

    #[test]
    fn compact_keeps_three_significant_digits_across_suffixes() {
        assert_eq!(compact(950.0), "950");
        assert_eq!(compact(12.5), "12.5");
        assert_eq!(compact(1_284.0), "1.28K");
        assert_eq!(compact(999_950.0), "1M");
        assert_eq!(compact(48_200_000.0), "48.2M");
        assert_eq!(compact(-3_100.0), "−3.1K");
    }

    #[test]
    fn ratios_durations_and_sizes_read_naturally() {
        assert_eq!(percent(0.0042), "0.42%");
        assert_eq!(percent(0.5), "50%");
        assert_eq!(percent(1.0), "100%");
        assert_eq!(percent(-0.031), "−3.1%");
        assert_eq!(millis(4.25), "4.3 ms");
        assert_eq!(millis(412.4), "412 ms");
        assert_eq!(millis(1_240.0), "1.24 s");
        assert_eq!(millis(200_000.0), "3 min 20 s");
        assert_eq!(bytes(1_536.0), "1.5 KiB");
        assert_eq!(bytes(12.0), "12 B");
    }
}
