//! Decisions of late, as operators may see and repeat them.
//!
//! A sample: a decision costs as much to keep as to make. What is kept has numbers, names and hashes; nothing of a
//! prompt.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use parking_lot::Mutex;
use routing::{Decision, Plan};
use serde::{Deserialize, Serialize};
use shared::{DeploymentId, route::Task};
use uuid::Uuid;

use crate::{admit::Admitted, plan::Target};

/// Decisions kept, the newest.
const KEPT: usize = 200;
/// Between two that are kept; those that found nothing are told apart from the others.
const APART: Duration = Duration::from_millis(500);

/// A deployment among the candidates, in the names that an operator knows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CandidateName {
    pub deployment_id: DeploymentId,
    pub deployment: String,
    pub model: String,
    pub engine: String,
    pub region: Option<String>,
}

/// A decision, with what it was about.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NotedDecision {
    pub id: Uuid,
    pub at: DateTime<Utc>,
    /// The tenant's slug.
    pub tenant: String,
    /// As the caller named it.
    pub asked: String,
    pub route: Option<String>,
    pub route_version: Option<u32>,
    pub arm: Option<String>,
    /// What `auto` took the prompt for, and the feature that told it.
    pub task: Option<(Task, String)>,
    /// In the order of the decision's candidates.
    pub names: Vec<CandidateName>,
    pub decision: Decision,
}

impl NotedDecision {
    pub(crate) fn of(admitted: &Admitted, targets: &[Target], decision: Decision, at: DateTime<Utc>) -> Self {
        let name = |target: &Target| CandidateName {
            deployment_id: target.deployment.id,
            deployment: target.deployment.name.clone(),
            model: target.model.model.name.clone(),
            engine: target.deployment.engine.as_str().to_owned(),
            region: target.deployment.region.clone(),
        };
        let routed = admitted.routed();
        Self {
            id: Uuid::now_v7(),
            at,
            tenant: admitted.caller().tenant().tenant.slug.clone(),
            asked: admitted.parsed().model().to_owned(),
            route: routed.map(|routed| routed.entry().route.name.clone()),
            route_version: routed.map(|routed| routed.entry().route.version),
            arm: routed.and_then(|routed| routed.arm()).map(|arm| arm.name.clone()),
            task: admitted.auto().map(|auto| (auto.task, auto.why.to_owned())),
            names: targets.iter().map(name).collect(),
            decision,
        }
    }
}

#[derive(Debug, Default)]
pub(crate) struct Decisions {
    kept: Mutex<Kept>,
}

#[derive(Debug, Default)]
struct Kept {
    newest: VecDeque<Arc<NotedDecision>>,
    /// When one that found a deployment, and one that found none, was kept last.
    at: [Option<Instant>; 2],
}

impl Decisions {
    /// Keeps a decision where none like it was kept a moment ago.
    pub(crate) fn note(
        &self,
        admitted: &Admitted,
        targets: &[Target],
        decision: &Decision,
        plan: &Plan,
        at: DateTime<Utc>,
    ) {
        let kind = usize::from(plan.ordered.is_empty());
        // Who waits here would only keep what another keeps already.
        let Some(mut kept) = self.kept.try_lock() else { return };
        if kept.at[kind].is_some_and(|last| last.elapsed() < APART) {
            return;
        }
        kept.at[kind] = Some(Instant::now());
        kept.newest.push_front(Arc::new(NotedDecision::of(admitted, targets, decision.clone(), at)));
        kept.newest.truncate(KEPT);
    }

    /// The newest first.
    pub(crate) fn all(&self) -> Vec<Arc<NotedDecision>> {
        self.kept.lock().newest.iter().cloned().collect()
    }
}
