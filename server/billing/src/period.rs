//! The time that a report covers, cut into buckets.

use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use shared_api::billing::{UsageBucketWidth, UsageQuery};
use web::Problem;

/// Most buckets in one report.
pub const MAX_BUCKETS: i64 = 1000;
const DEFAULT_LENGTH: TimeDelta = TimeDelta::days(7);
/// Up to here a report without a stated bucket is by the hour.
const HOURLY_UP_TO: TimeDelta = TimeDelta::days(3);

/// Whole buckets from `from` up to, not including, `to`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    pub from: DateTime<Utc>,
    pub to: DateTime<Utc>,
    pub bucket: UsageBucketWidth,
}

pub fn width(bucket: UsageBucketWidth) -> TimeDelta {
    match bucket {
        UsageBucketWidth::Hour => TimeDelta::hours(1),
        UsageBucketWidth::Day => TimeDelta::days(1),
    }
}

fn floor(at: DateTime<Utc>, bucket: UsageBucketWidth) -> DateTime<Utc> {
    at.duration_trunc(width(bucket)).unwrap_or(at)
}

fn ceiling(at: DateTime<Utc>, bucket: UsageBucketWidth) -> DateTime<Utc> {
    let floored = floor(at, bucket);
    if floored == at { at } else { floored + width(bucket) }
}

impl Period {
    pub fn of(query: &UsageQuery, now: DateTime<Utc>) -> Result<Self, Problem> {
        let end = query.to.unwrap_or(now);
        let begin = query.from.unwrap_or(end - DEFAULT_LENGTH);
        if begin >= end {
            return Err(Problem::field("from", "expected a moment before `to`"));
        }
        let hourly = end - begin <= HOURLY_UP_TO;
        let bucket =
            query.bucket.unwrap_or(if hourly { UsageBucketWidth::Hour } else { UsageBucketWidth::Day });
        let period = Self { from: floor(begin, bucket), to: ceiling(end, bucket), bucket };
        if period.len() > MAX_BUCKETS {
            let message = format!(
                "{} buckets: at most {MAX_BUCKETS}. Ask for less time, or for bucket=day",
                period.len()
            );
            return Err(Problem::field("from", message));
        }
        Ok(period)
    }

    fn len(&self) -> i64 {
        (self.to - self.from).num_seconds() / width(self.bucket).num_seconds()
    }

    /// The same length of time just before.
    pub fn before(&self) -> Self {
        Self { from: self.from - (self.to - self.from), to: self.from, bucket: self.bucket }
    }

    /// The beginnings of its buckets.
    pub fn buckets(&self) -> impl Iterator<Item = DateTime<Utc>> + use<> {
        let (from, step) = (self.from, width(self.bucket));
        (0..self.len()).map(move |n| from + step * i32::try_from(n).unwrap_or(i32::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        DateTime::parse_from_rfc3339(text).unwrap().to_utc()
    }

    #[test]
    fn a_report_covers_whole_buckets() {
        let query = UsageQuery {
            from: Some(at("2026-03-01T10:20:00Z")),
            to: Some(at("2026-03-01T12:00:01Z")),
            ..UsageQuery::default()
        };
        let period = Period::of(&query, at("2026-04-01T00:00:00Z")).unwrap();
        assert_eq!((period.from, period.to), (at("2026-03-01T10:00:00Z"), at("2026-03-01T13:00:00Z")));
        assert_eq!(period.buckets().count(), 3);
        assert_eq!(period.before().from, at("2026-03-01T07:00:00Z"));
    }

    #[test]
    fn a_week_by_the_day_is_what_is_meant_without_words() {
        let period = Period::of(&UsageQuery::default(), at("2026-03-08T10:20:00Z")).unwrap();
        assert_eq!((period.bucket, period.buckets().count()), (UsageBucketWidth::Day, 8));
    }

    #[test]
    fn too_much_and_too_little_are_told() {
        let now = at("2026-03-08T10:20:00Z");
        let long = UsageQuery {
            from: Some(at("2020-01-01T00:00:00Z")),
            bucket: Some(UsageBucketWidth::Hour),
            ..UsageQuery::default()
        };
        assert!(Period::of(&long, now).is_err());
        let backwards = UsageQuery { from: Some(now), to: Some(now), ..UsageQuery::default() };
        assert!(Period::of(&backwards, now).is_err());
    }
}
