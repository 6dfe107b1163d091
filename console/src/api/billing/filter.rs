//! The filters of usage, as they stand in a page's address.

use ui::query_href;

/// How far back a report looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Range {
    #[default]
    Day,
    Week,
    Month,
}

impl Range {
    pub const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// Its name in the address.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    pub const fn label(self) -> &'static str {
        match self {
            Self::Day => "24 h",
            Self::Week => "7 d",
            Self::Month => "30 d",
        }
    }

    /// As words: "last 24 hours".
    pub const fn words(self) -> &'static str {
        match self {
            Self::Day => "24 hours",
            Self::Week => "7 days",
            Self::Month => "30 days",
        }
    }

    /// The range of a name; another name is the first.
    pub fn named(name: &str) -> Self {
        Self::ALL.into_iter().find(|range| range.as_str() == name).unwrap_or_default()
    }
}

/// The width of a series' steps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bucket {
    Hour,
    Day,
}

impl Bucket {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }
}

/// What a usage page looks at. Empty texts mean all.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct UsageFilter {
    pub range: Range,
    /// None: hours up to three days, else days.
    pub bucket: Option<Bucket>,
    /// `model`, `project`, `key` or `team`; empty is by model.
    pub group: String,
    pub project: String,
    pub key: String,
    pub model: String,
    /// The table's column, with a leading `-` for descending; empty is dearest first.
    pub sort: String,
}

impl UsageFilter {
    /// From a query, unknown parts ignored.
    pub fn parse(query: &str) -> Self {
        Self::from_pairs(|name| value_in(query, name))
    }

    /// From whatever finds a parameter's value by its name.
    pub fn from_pairs(find: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name: &str| find(name).unwrap_or_default();
        let group = text("group_by");
        Self {
            range: Range::named(&text("range")),
            bucket: match text("bucket").as_str() {
                "hour" => Some(Bucket::Hour),
                "day" => Some(Bucket::Day),
                _ => None,
            },
            group: if ["project", "key", "model", "team"].contains(&group.as_str()) {
                group
            } else {
                String::new()
            },
            project: text("project"),
            key: text("key"),
            model: text("model"),
            sort: text("sort"),
        }
    }

    /// The address of `path` under these filters.
    pub fn href(&self, path: &str) -> String {
        let range = if self.range == Range::default() { "" } else { self.range.as_str() };
        let pairs = [
            ("range", range),
            ("bucket", self.bucket.map_or("", Bucket::as_str)),
            ("group_by", self.group.as_str()),
            ("project", self.project.as_str()),
            ("key", self.key.as_str()),
            ("model", self.model.as_str()),
            ("sort", self.sort.as_str()),
        ];
        query_href(path, pairs)
    }

    /// The query alone.
    pub fn query(&self) -> String {
        self.href("").trim_start_matches('?').to_owned()
    }

    /// Whether anything but the range is chosen.
    pub fn narrows(&self) -> bool {
        !(self.project.is_empty() && self.key.is_empty() && self.model.is_empty())
    }

    /// The API's query for the same.
    #[cfg(feature = "ssr")]
    pub(crate) fn to_api(&self, now: chrono::DateTime<chrono::Utc>) -> String {
        use chrono::{DurationRound as _, SecondsFormat, TimeDelta};
        let (step, back) = match self.range {
            Range::Day => (TimeDelta::hours(1), TimeDelta::hours(24)),
            Range::Week => (self.step(TimeDelta::days(1)), TimeDelta::days(7)),
            Range::Month => (self.step(TimeDelta::days(1)), TimeDelta::days(30)),
        };
        // Whole steps, the present one included.
        let to = now.duration_trunc(step).unwrap_or(now) + step;
        let text = |moment: chrono::DateTime<chrono::Utc>| moment.to_rfc3339_opts(SecondsFormat::Secs, true);
        let (from, to) = (text(to - back), text(to));
        let pairs = [
            ("from", from.as_str()),
            ("to", to.as_str()),
            ("bucket", if step == TimeDelta::hours(1) { "hour" } else { "day" }),
            ("group_by", self.group.as_str()),
            ("project_id", self.project.as_str()),
            ("key_id", self.key.as_str()),
            ("model", self.model.as_str()),
        ];
        query_href("", pairs).trim_start_matches('?').to_owned()
    }

    #[cfg(feature = "ssr")]
    fn step(&self, usual: chrono::TimeDelta) -> chrono::TimeDelta {
        match self.bucket {
            Some(Bucket::Hour) => chrono::TimeDelta::hours(1),
            _ => usual,
        }
    }
}

/// The decoded value of the first pair with this name.
fn value_in(query: &str, name: &str) -> Option<String> {
    let raw = query.split('&').filter_map(|pair| pair.split_once('=')).find(|(key, _)| *key == name)?.1;
    let mut bytes = Vec::with_capacity(raw.len());
    let mut rest = raw.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        match (first, tail) {
            (b'+', _) => bytes.push(b' '),
            (b'%', [high, low, after @ ..]) => {
                let digit = |byte: &u8| char::from(*byte).to_digit(16);
                bytes.push((digit(high)? * 16 + digit(low)?) as u8);
                rest = after;
            }
            (byte, _) => bytes.push(*byte),
        }
    }
    String::from_utf8(bytes).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn filters_survive_the_address() {
        let filter = UsageFilter {
            range: Range::Week,
            bucket: Some(Bucket::Hour),
            group: "key".into(),
            model: "acme/support assistant".into(),
            sort: "-requests".into(),
            ..UsageFilter::default()
        };
        assert_eq!(UsageFilter::parse(&filter.query()), filter);
        assert_eq!(UsageFilter::default().href("/t/acme/usage"), "/t/acme/usage");
        assert_eq!(UsageFilter::parse("range=99y&group_by=colour&__err=1"), UsageFilter::default());
    }

    #[cfg(feature = "ssr")]
    #[test]
    fn a_range_ends_with_the_present_step() {
        let now = "2026-11-21T14:05:00Z".parse().unwrap();
        let filter = UsageFilter::default();
        assert_eq!(
            filter.to_api(now),
            "from=2026-11-20T15%3A00%3A00Z&to=2026-11-21T15%3A00%3A00Z&bucket=hour"
        );
        let week = UsageFilter { range: Range::Week, ..filter };
        assert!(
            week.to_api(now)
                .starts_with("from=2026-11-15T00%3A00%3A00Z&to=2026-11-22T00%3A00%3A00Z&bucket=day")
        );
    }
}
