//! Dates and times in UTC, from Unix seconds. "Now" is always a parameter.

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A moment split into its UTC calendar fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Civil {
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    pub hour: u32,
    pub minute: u32,
    pub second: u32,
}

impl Civil {
    /// The proleptic Gregorian calendar (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
    pub fn from_unix(seconds: i64) -> Self {
        let days = seconds.div_euclid(86_400);
        let of_day = seconds.rem_euclid(86_400) as u32;
        let shifted = days + 719_468;
        let era = shifted.div_euclid(146_097);
        let day_of_era = shifted.rem_euclid(146_097);
        let year_of_era =
            (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let month_from_march = (5 * day_of_year + 2) / 153;
        let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
        Self {
            year: year_of_era + era * 400 + i64::from(month <= 2),
            month: month as u32,
            day: (day_of_year - (153 * month_from_march + 2) / 5 + 1) as u32,
            hour: of_day / 3_600,
            minute: of_day / 60 % 60,
            second: of_day % 60,
        }
    }

    fn month_name(&self) -> &'static str {
        MONTHS[(self.month as usize - 1) % 12]
    }
}

/// `20 Nov 2026`.
pub fn date(seconds: i64) -> String {
    let at = Civil::from_unix(seconds);
    format!("{} {} {}", at.day, at.month_name(), at.year)
}

/// `20 Nov`.
pub fn short_date(seconds: i64) -> String {
    let at = Civil::from_unix(seconds);
    format!("{} {}", at.day, at.month_name())
}

/// `14:05`.
pub fn clock(seconds: i64) -> String {
    let at = Civil::from_unix(seconds);
    format!("{:02}:{:02}", at.hour, at.minute)
}

/// `20 Nov 2026, 14:05 UTC`.
pub fn date_time(seconds: i64) -> String {
    format!("{}, {} UTC", date(seconds), clock(seconds))
}

/// The machine-readable form for `<time datetime>` (RFC 3339).
pub fn iso(seconds: i64) -> String {
    let at = Civil::from_unix(seconds);
    format!("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", at.year, at.month, at.day, at.hour, at.minute, at.second)
}

/// `just now`, `12 minutes ago`, `in 3 days`; beyond thirty days the date.
pub fn relative(at: i64, now: i64) -> String {
    let distance = at.abs_diff(now);
    let (count, unit) = match distance {
        0..45 => return "just now".to_owned(),
        45..3_600 => ((distance / 60).max(1), "minute"),
        3_600..86_400 => (distance / 3_600, "hour"),
        86_400..2_592_000 => (distance / 86_400, "day"),
        _ => return date(at),
    };
    let plural = if count == 1 { "" } else { "s" };
    if at <= now { format!("{count} {unit}{plural} ago") } else { format!("in {count} {unit}{plural}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_fields_hold_across_leap_years_and_before_the_epoch() {
        assert_eq!(iso(0), "1970-01-01T00:00:00Z");
        assert_eq!(iso(951_782_400), "2000-02-29T00:00:00Z");
        assert_eq!(iso(1_795_269_905), "2026-11-21T14:05:05Z");
        assert_eq!(iso(-1), "1969-12-31T23:59:59Z");
    }

    #[test]
    fn dates_read_day_first_with_the_zone_named() {
        assert_eq!(date(1_795_269_905), "21 Nov 2026");
        assert_eq!(short_date(1_795_269_905), "21 Nov");
        assert_eq!(date_time(1_795_269_905), "21 Nov 2026, 14:05 UTC");
    }

    #[test]
    fn distance_from_now_uses_the_largest_fitting_unit() {
        let now = 1_795_269_905;
        assert_eq!(relative(now - 5, now), "just now");
        assert_eq!(relative(now - 50, now), "1 minute ago");
        assert_eq!(relative(now - 7_300, now), "2 hours ago");
        assert_eq!(relative(now + 3 * 86_400, now), "in 3 days");
        assert_eq!(relative(now - 90 * 86_400, now), "23 Aug 2026");
    }
}
