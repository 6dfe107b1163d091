//! Deployments that are much worse than the others of their model rest.
//!
//! A breaker sees failures of one deployment; this sees one that answers, but badly beside its equals: slow, or wrong
//! too often. At most half of a model's deployments rest, and never the last.

use std::time::Duration;

/// What a deployment's calls showed since the last look.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Showing {
    pub calls: u32,
    /// Attempts that failed or timed out.
    pub failures: u32,
    /// Seconds to the first token, for each second that was expected; 1 is as expected.
    pub slowness: Option<f32>,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OutlierPolicy {
    /// Calls that a showing needs to count.
    pub enough: u32,
    /// So many times as slow as the median of the others.
    pub slower: f32,
    /// So much higher a share of failures than all others together have.
    pub worse: f32,
    /// The first rest; grows with each ejection, up to ten times.
    pub rest: Duration,
}

impl Default for OutlierPolicy {
    fn default() -> Self {
        Self { enough: 10, slower: 4.0, worse: 0.2, rest: Duration::from_secs(15) }
    }
}

/// One deployment's standing among its equals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Ejection {
    until: Option<Duration>,
    times: u32,
}

impl Ejection {
    /// How long it still rests.
    pub fn rest(&self, now: Duration) -> Option<Duration> {
        self.until.and_then(|until| until.checked_sub(now)).filter(|rest| !rest.is_zero())
    }
}

/// Looks at all deployments of one model, and sends the worst to rest. Returns the places of those that go now.
pub fn eject(
    policy: &OutlierPolicy,
    showings: &[Showing],
    standings: &mut [Ejection],
    now: Duration,
) -> Vec<usize> {
    let count = showings.len().min(standings.len());
    let mut resting = standings[..count].iter().filter(|one| one.rest(now).is_some()).count();
    let mut gone = Vec::new();
    for place in 0..count {
        let standing = standings[place];
        if standing.rest(now).is_some() {
            continue;
        }
        let bad = is_outlier(policy, &showings[..count], place);
        if bad && (resting + 1) * 2 <= count {
            let times = (standing.times + 1).min(10);
            standings[place] = Ejection { until: Some(now + policy.rest * times), times };
            resting += 1;
            gone.push(place);
        } else if !bad && standing.until.is_some() && showings[place].calls >= policy.enough {
            // It came back and does well.
            standings[place] = Ejection { until: None, times: standing.times.saturating_sub(1) };
        }
    }
    gone
}

fn is_outlier(policy: &OutlierPolicy, showings: &[Showing], place: usize) -> bool {
    let own = showings[place];
    if own.calls < policy.enough {
        return false;
    }
    let others = || {
        let enough = showings.iter().enumerate().filter(|(_, showing)| showing.calls >= policy.enough);
        enough.filter(move |(other, _)| *other != place).map(|(_, showing)| *showing)
    };
    let (calls, failures) = others().fold((0_u32, 0_u32), |(calls, failures), showing| {
        (calls.saturating_add(showing.calls), failures.saturating_add(showing.failures))
    });
    let share = |failures: u32, calls: u32| failures as f32 / calls.max(1) as f32;
    if calls > 0 && share(own.failures, own.calls) > share(failures, calls) + policy.worse {
        return true;
    }
    let mut slowness: Vec<f32> = others().filter_map(|showing| showing.slowness).collect();
    slowness.sort_unstable_by(f32::total_cmp);
    let median = slowness.get(slowness.len() / 2);
    own.slowness.zip(median).is_some_and(|(own, median)| own > median.max(0.1) * policy.slower)
}

/// How far a deployment is into its slow start, 0 to 1, `since` its coming back.
pub fn warmth(since: Option<Duration>, now: Duration, lasts: Duration) -> f32 {
    let Some(since) = since else { return 1.0 };
    (now.saturating_sub(since).as_secs_f32() / lasts.as_secs_f32().max(0.001)).min(1.0)
}
