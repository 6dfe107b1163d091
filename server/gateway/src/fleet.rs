//! What this replica knows of each deployment beyond its configuration: calls in flight, its breaker, its health.

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::{Mutex, RwLock};
use routing::{AttemptResult, Breaker, BreakerPolicy, Candidate, Health, Pass, Scrape, Standing};
use shared::DeploymentId;
use snapshot::{Deployment, DeploymentHealth, HealthState};
use tokio::sync::{Notify, futures::Notified, mpsc};

use crate::{priority::Priority, settings::BatchShare};

/// Openings not yet told to the other replicas; more are dropped, they learn by themselves.
const OPENINGS_KEPT: usize = 256;

/// A breaker that opened here, to be told to the other replicas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened {
    pub(crate) deployment: DeploymentId,
    /// How long it rests.
    pub(crate) rest: Duration,
}

/// One deployment.
#[derive(Debug, Default)]
pub(crate) struct Unit {
    in_flight: AtomicU32,
    /// Those of them that may wait.
    batch: AtomicU32,
    breaker: Mutex<Breaker>,
    health: ArcSwapOption<DeploymentHealth>,
    /// Calls in flight when that was learned.
    ours_then: AtomicU32,
}

/// All deployments of the snapshot at hand; those that left it are forgotten with their last call.
#[derive(Debug)]
pub(crate) struct Fleet {
    units: RwLock<HashMap<DeploymentId, Arc<Unit>>>,
    policy: BreakerPolicy,
    /// Older health than this is no longer believed.
    health_lasts: TimeDelta,
    /// Breakers reckon from here.
    origin: Instant,
    opened: mpsc::Sender<Opened>,
    /// Told whenever a call leaves its deployment.
    freed: Notify,
}

/// A call in flight on a deployment: counted from its selection until this is dropped.
#[derive(Debug)]
pub(crate) struct InFlight {
    fleet: Arc<Fleet>,
    unit: Arc<Unit>,
    priority: Priority,
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.unit.in_flight.fetch_sub(1, Ordering::Relaxed);
        if self.priority == Priority::Batch {
            self.unit.batch.fetch_sub(1, Ordering::Relaxed);
        }
        self.fleet.freed.notify_waiters();
    }
}

/// One attempt that a breaker let through. Its end is told exactly once; dropped untold, it tells nothing either way.
#[derive(Debug)]
pub(crate) struct Attempt {
    fleet: Arc<Fleet>,
    deployment: DeploymentId,
    unit: Arc<Unit>,
    pass: Option<Pass>,
}

impl Attempt {
    pub(crate) fn end(mut self, result: AttemptResult) {
        self.tell(result);
    }

    fn tell(&mut self, result: AttemptResult) {
        let Some(pass) = self.pass.take() else { return };
        let now = self.fleet.now();
        let mut breaker = self.unit.breaker.lock();
        if breaker.on_outcome(&self.fleet.policy, now, pass, result)
            && let Standing::Open { until } = breaker.standing(&self.fleet.policy, now)
        {
            let rest = until.saturating_sub(now);
            tracing::warn!(deployment_id = %self.deployment, rest_ms = rest.as_millis(), "breaker opened");
            metrics::counter!("switchyard_breaker_opened_total").increment(1);
            let _ = self.fleet.opened.try_send(Opened { deployment: self.deployment, rest });
        }
    }
}

impl Drop for Attempt {
    fn drop(&mut self) {
        self.tell(AttemptResult::Neutral);
    }
}

impl Fleet {
    /// The fleet, and where it tells of breakers that open.
    pub(crate) fn new(policy: BreakerPolicy, health_lasts: Duration) -> (Arc<Self>, mpsc::Receiver<Opened>) {
        let (opened, openings) = mpsc::channel(OPENINGS_KEPT);
        let health_lasts = TimeDelta::from_std(health_lasts).unwrap_or(TimeDelta::MAX);
        let fleet = Self {
            units: RwLock::default(),
            policy,
            health_lasts,
            origin: Instant::now(),
            opened,
            freed: Notify::new(),
        };
        (Arc::new(fleet), openings)
    }

    pub(crate) fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// What a plan looks at.
    pub(crate) fn candidate(
        &self,
        deployment: &Deployment,
        serves_tenant: bool,
        model_context: u32,
        now: DateTime<Utc>,
    ) -> Candidate {
        let unit = self.unit(deployment.id);
        let health = unit.health.load();
        let believed = health.as_deref().filter(|health| now - health.checked_at < self.health_lasts);
        let standing = unit.breaker.lock().standing(&self.policy, self.now());
        Candidate {
            serves_tenant,
            state: deployment.state,
            weight: deployment.weight,
            context_length: deployment.context_length.map_or(model_context, |own| own.min(model_context)),
            in_flight: unit.in_flight.load(Ordering::Relaxed),
            scrape: believed
                .and_then(|health| health.load)
                .map(|load| Scrape { load, ours: unit.ours_then.load(Ordering::Relaxed) }),
            health: match believed.map(|health| health.state) {
                None => Health::Unknown,
                Some(HealthState::Healthy) => Health::Healthy,
                Some(HealthState::NotReady) => Health::NotReady,
                Some(HealthState::Down) => Health::Down,
            },
            standing,
            ..Candidate::idle(deployment.id)
        }
    }

    /// Counts a call on a deployment from now on.
    pub(crate) fn count(self: &Arc<Self>, deployment: DeploymentId, priority: Priority) -> InFlight {
        let unit = self.unit(deployment);
        unit.in_flight.fetch_add(1, Ordering::Relaxed);
        if priority == Priority::Batch {
            unit.batch.fetch_add(1, Ordering::Relaxed);
        }
        InFlight { fleet: self.clone(), unit, priority }
    }

    /// Counts a call that may wait, if a deployment has a slot for it: its share is not used up, not all slots are
    /// taken, and nothing queues in the engine. Looking and counting are not one step: replicas and calls at the same
    /// moment may go one beyond, never more.
    pub(crate) fn count_batch(
        self: &Arc<Self>,
        deployment: DeploymentId,
        share: BatchShare,
    ) -> Option<InFlight> {
        let unit = self.unit(deployment);
        let load = unit.health.load().as_deref().and_then(|health| health.load);
        let slots = load.and_then(|load| load.slots).unwrap_or(share.slots).max(1);
        let most = (u64::from(slots) * u64::from(share.percent) / 100).max(1);
        let fits = u64::from(unit.batch.load(Ordering::Relaxed)) < most
            && unit.in_flight.load(Ordering::Relaxed) < slots
            && load.is_none_or(|load| load.waiting == 0);
        fits.then(|| self.count(deployment, Priority::Batch))
    }

    /// Resolves when a call has left its deployment since this was made.
    pub(crate) fn freed(&self) -> Notified<'_> {
        self.freed.notified()
    }

    /// Asks a deployment's breaker for one attempt.
    pub(crate) fn attempt(self: &Arc<Self>, deployment: DeploymentId) -> Option<Attempt> {
        let unit = self.unit(deployment);
        let pass = unit.breaker.lock().admit(&self.policy, self.now())?;
        Some(Attempt { fleet: self.clone(), deployment, unit, pass: Some(pass) })
    }

    pub(crate) fn health(&self, deployment: DeploymentId) -> Option<Arc<DeploymentHealth>> {
        self.units.read().get(&deployment)?.health.load_full()
    }

    /// Whether its breaker keeps calls away now.
    pub(crate) fn is_open(&self, deployment: DeploymentId) -> bool {
        let standing = self.unit(deployment).breaker.lock().standing(&self.policy, self.now());
        matches!(standing, Standing::Open { .. } | Standing::Probing)
    }

    pub(crate) fn set_health(&self, health: DeploymentHealth) {
        let unit = self.unit(health.deployment_id);
        unit.ours_then.store(unit.in_flight.load(Ordering::Relaxed), Ordering::Relaxed);
        unit.health.store(Some(Arc::new(health)));
    }

    /// Another replica's breaker opened.
    pub(crate) fn adopt_open(&self, deployment: DeploymentId, rest: Duration) {
        let now = self.now();
        self.unit(deployment).breaker.lock().adopt_open(&self.policy, now, now + rest);
    }

    /// Forgets deployments that are gone.
    pub(crate) fn retain(&self, known: &HashSet<DeploymentId>) {
        self.units.write().retain(|id, _| known.contains(id));
    }

    fn unit(&self, id: DeploymentId) -> Arc<Unit> {
        if let Some(unit) = self.units.read().get(&id) {
            return unit.clone();
        }
        self.units.write().entry(id).or_default().clone()
    }
}
