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

#[cfg(test)]
mod tests {
    use serde_json::json;
    use shared::{DeploymentId, ModelId, PoolId};

    use super::*;

    fn deployment(upstream_model: &str) -> Deployment {
        let row = json!({
            "id": DeploymentId::generate(), "name": "d0", "engine": "vllm", "base_url": "http://10.0.0.7:8000",
            "model_id": ModelId::generate(), "upstream_model": upstream_model, "pool_id": PoolId::generate(),
            "region": null, "state": "Active", "weight": 100, "context_length": null, "credential": null,
        });
        serde_json::from_value(row).unwrap()
    }

    #[test]
    fn a_rest_grows_with_each_failure_up_to_a_bound() {
        let (mut faulty, wrong) = (Faulty::default(), deployment("gone"));
        let mut now = Duration::ZERO;
        for seconds in [30, 60, 120, 240, 480, 600, 600] {
            let rest = Duration::from_secs(seconds);
            assert_eq!(faulty.failed(TaskKind::Chat, &wrong, now), Some(rest));
            assert_eq!(faulty.rest(TaskKind::Chat, &wrong, now), Some(rest));
            // What was under way then fails too, and adds nothing.
            assert_eq!(faulty.failed(TaskKind::Chat, &wrong, now + rest / 2), None);
            now += rest;
            assert_eq!(faulty.rest(TaskKind::Chat, &wrong, now), None);
        }
        faulty.worked(TaskKind::Chat);
        assert_eq!(faulty.failed(TaskKind::Chat, &wrong, now), Some(FIRST_REST));
    }

    #[test]
    fn only_the_kind_of_work_that_failed_rests_and_only_as_it_is_set_up() {
        let (mut faulty, wrong) = (Faulty::default(), deployment("gone"));
        faulty.failed(TaskKind::Chat, &wrong, Duration::ZERO);
        assert_eq!(faulty.rest(TaskKind::Embedding, &wrong, Duration::ZERO), None);
        assert_eq!(faulty.rest(TaskKind::Chat, &deployment("there"), Duration::ZERO), None);
    }
}
