//! Deployments that are set up wrongly: a credential that is refused, a model that is not there.
//!
//! No retry heals that, so one such failure is enough: the deployment rests at once, for longer each time, for the kind
//! of work that it failed at. Set up anew, it is asked again at once.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    time::Duration,
};

use engines::TaskKind;
use snapshot::Deployment;

const FIRST_REST: Duration = Duration::from_secs(30);
const LONGEST_REST: Duration = Duration::from_mins(10);

/// One deployment's, at most one for each kind of work. Moments are those of the fleet.
#[derive(Debug, Default)]
pub(crate) struct Faulty(Vec<Rest>);

#[derive(Debug)]
struct Rest {
    kind: TaskKind,
    /// A hash of how it was set up.
    setup: u64,
    until: Duration,
    lasts: Duration,
}

impl Faulty {
    /// It failed so. How long it rests from now on; None: it rested already.
    pub(crate) fn failed(
        &mut self,
        kind: TaskKind,
        deployment: &Deployment,
        now: Duration,
    ) -> Option<Duration> {
        let setup = setup(deployment);
        let before = self.0.iter().find(|rest| rest.kind == kind && rest.setup == setup);
        if before.is_some_and(|rest| now < rest.until) {
            return None;
        }
        let lasts = before.map_or(FIRST_REST, |rest| (rest.lasts * 2).min(LONGEST_REST));
        self.worked(kind);
        self.0.push(Rest { kind, setup, until: now + lasts, lasts });
        Some(lasts)
    }

    pub(crate) fn worked(&mut self, kind: TaskKind) {
        self.0.retain(|rest| rest.kind != kind);
    }

    /// How long it still rests.
    pub(crate) fn rest(&self, kind: TaskKind, deployment: &Deployment, now: Duration) -> Option<Duration> {
        let rest = self.0.iter().find(|rest| rest.kind == kind && now < rest.until)?;
        (rest.setup == setup(deployment)).then(|| rest.until.saturating_sub(now))
    }
}

fn setup(deployment: &Deployment) -> u64 {
    let mut hasher = DefaultHasher::new();
    deployment.base_url.hash(&mut hasher);
    deployment.upstream_model.hash(&mut hasher);
    deployment.credential.hash(&mut hasher);
    deployment.engine.as_str().hash(&mut hasher);
    hasher.finish()
}
