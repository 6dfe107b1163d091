//! Cron schedules, in UTC.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use croner::Cron;

/// Enqueues a job of the kind that is its name, whenever the pattern says.
#[derive(Debug, Clone)]
pub struct Schedule {
    pub name: &'static str,
    pattern: String,
    cron: Cron,
}

/// A pattern that is none.
#[derive(Debug, thiserror::Error)]
#[error("`{pattern}` is not a cron pattern (minute hour day month weekday): {why}")]
pub struct ScheduleError {
    pattern: String,
    why: String,
}

impl Schedule {
    pub fn new(name: &'static str, pattern: &str) -> Result<Self, ScheduleError> {
        let error = |why: String| ScheduleError { pattern: pattern.to_owned(), why };
        let cron = Cron::from_str(pattern).map_err(|e| error(e.to_string()))?;
        Ok(Self { name, pattern: pattern.to_owned(), cron })
    }

    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The first moment after `after`; None for a pattern that never comes again.
    pub fn next_after(&self, after: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.cron.find_next_occurrence(&after, false).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_schedule_tells_its_next_moment() {
        let nightly = Schedule::new("nightly", "30 2 * * *").unwrap();
        let at = DateTime::parse_from_rfc3339("2026-03-01T02:30:00Z").unwrap().to_utc();
        assert_eq!(nightly.next_after(at).unwrap().to_rfc3339(), "2026-03-02T02:30:00+00:00");
        assert!(Schedule::new("bad", "every night").unwrap_err().to_string().contains("every night"));
    }
}
