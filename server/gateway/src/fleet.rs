//! What this replica knows of the deployments beyond their configuration.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use arc_swap::ArcSwap;
use chrono::{DateTime, TimeDelta, Utc};
use engines::TaskKind;
use parking_lot::Mutex;
use routing::{
    AttemptResult, BreakerPolicy, Candidate, Handle, Health, Lora, OutlierPolicy, Pass, Scrape, Standing,
    eject, warmth,
};
use shared::DeploymentId;
use snapshot::{Deployment, DeploymentHealth, HealthState, ModelEntry};
use tokio::sync::{Notify, futures::Notified, mpsc};

use crate::{
    affinity::Affinity,
    priority::Priority,
    settings::{BatchShare, Settings},
    unit::{Burden, InFlight, Unit},
};

/// Openings not yet told to the other replicas; more are dropped, they learn by themselves.
const OPENINGS_KEPT: usize = 256;

/// A breaker that opened here, to be told to the other replicas.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Opened {
    pub(crate) deployment: DeploymentId,
    /// How long it rests.
    pub(crate) rest: Duration,
}

/// All deployments of the snapshot at hand; those that left it are forgotten with their last call.
#[derive(Debug)]
pub(crate) struct Fleet {
    /// Read by every call, changed when a deployment comes or goes.
    units: ArcSwap<HashMap<DeploymentId, Arc<Unit>>>,
    /// Numbers given back by deployments that are gone, and the next one; held while `units` changes.
    handles: Mutex<(Vec<Handle>, Handle)>,
    pub(crate) affinity: Affinity,
    policy: BreakerPolicy,
    outliers: OutlierPolicy,
    /// How long a slow start lasts.
    slow_start: Duration,
    /// Calls at once of an engine that does not tell.
    assumed_slots: u32,
    /// Older health than this is no longer believed.
    health_lasts: TimeDelta,
    /// Breakers reckon from here.
    origin: Instant,
    opened: mpsc::Sender<Opened>,
    /// Told whenever a call leaves its deployment.
    freed: Notify,
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
        self.unit.showed(result);
        let rested = breaker.standing(&self.fleet.policy, now) != Standing::Closed;
        let opened = breaker.on_outcome(&self.fleet.policy, now, pass, result);
        if rested && breaker.standing(&self.fleet.policy, now) == Standing::Closed {
            *self.unit.warm_since.lock() = Some(now);
        }
        if opened && let Standing::Open { until } = breaker.standing(&self.fleet.policy, now) {
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
    pub(crate) fn new(settings: &Settings) -> (Arc<Self>, mpsc::Receiver<Opened>) {
        let (opened, openings) = mpsc::channel(OPENINGS_KEPT);
        let health_lasts = settings.probe_every * 4 + Duration::from_secs(10);
        let fleet = Self {
            units: ArcSwap::default(),
            handles: Mutex::default(),
            affinity: Affinity::default(),
            policy: settings.breaker,
            outliers: settings.outliers,
            slow_start: settings.slow_start,
            assumed_slots: settings.batch.slots,
            health_lasts: TimeDelta::from_std(health_lasts).unwrap_or(TimeDelta::MAX),
            origin: Instant::now(),
            opened,
            freed: Notify::new(),
        };
        (Arc::new(fleet), openings)
    }

    pub(crate) fn now(&self) -> Duration {
        self.origin.elapsed()
    }

    /// What a plan looks at, but for what only the call knows.
    pub(crate) fn candidate(
        &self,
        deployment: &Deployment,
        unit: &Unit,
        model_context: u32,
        at: DateTime<Utc>,
        now: Duration,
    ) -> Candidate {
        let health = unit.health.load();
        let believed = health.as_deref().filter(|health| at - health.checked_at < self.health_lasts);
        let load = believed.and_then(|health| health.load);
        let rest = unit.ejection.lock().rest(now);
        let in_flight = unit.in_flight.load(Ordering::Relaxed);
        // What this replica has on it has loaded the LoRA since the engine was asked.
        let lora = believed.and_then(|health| health.lora_at_work).map_or(Lora::NotAsked, |at_work| {
            if at_work || in_flight > 0 { Lora::Resident } else { Lora::Absent }
        });
        Candidate {
            state: deployment.state,
            weight: deployment.weight,
            context_length: deployment.context_length.map_or(model_context, |own| own.min(model_context)),
            in_flight,
            lora,
            unread_tokens: unit.unread.load(Ordering::Relaxed),
            slots: load.and_then(|load| load.slots).unwrap_or(self.assumed_slots).max(1),
            scrape: load.map(|load| Scrape { load, ours: unit.ours_then.load(Ordering::Relaxed) }),
            pace: unit.latency.lock().pace(),
            warmth: warmth(*unit.warm_since.lock(), now, self.slow_start),
            ejected_ms: rest.map(|rest| u32::try_from(rest.as_millis()).unwrap_or(u32::MAX)),
            health: match believed.map(|health| health.state) {
                None => Health::Unknown,
                Some(HealthState::Healthy) => Health::Healthy,
                Some(HealthState::NotReady) => Health::NotReady,
                Some(HealthState::Down) => Health::Down,
            },
            standing: unit.breaker.lock().standing(&self.policy, now),
            ..Candidate::idle(deployment.id)
        }
    }

    /// Counts a call on a deployment from now on.
    pub(crate) fn count(self: &Arc<Self>, deployment: DeploymentId, burden: Burden) -> InFlight {
        InFlight::count(self.clone(), self.unit(deployment), burden)
    }

    /// Counts a call that may wait, if a deployment has a slot for it: its share is not used up, not all slots are
    /// taken, and nothing queues in the engine. Looking and counting are not one step: replicas and calls at the same
    /// moment may go one beyond, never more.
    pub(crate) fn count_batch(
        self: &Arc<Self>,
        deployment: DeploymentId,
        share: BatchShare,
        burden: Burden,
    ) -> Option<InFlight> {
        let unit = self.unit(deployment);
        let load = unit.health.load().as_deref().and_then(|health| health.load);
        let slots = load.and_then(|load| load.slots).unwrap_or(share.slots).max(1);
        let most = (u64::from(slots) * u64::from(share.percent) / 100).max(1);
        let fits = u64::from(unit.batch.load(Ordering::Relaxed)) < most
            && unit.in_flight.load(Ordering::Relaxed) < slots
            && load.is_none_or(|load| load.waiting == 0);
        fits.then(|| self.count(deployment, Burden { priority: Priority::Batch, ..burden }))
    }

    /// Resolves when a call has left its deployment since this was made.
    pub(crate) fn freed(&self) -> Notified<'_> {
        self.freed.notified()
    }

    /// A call has left its deployment.
    pub(crate) fn tell_freed(&self) {
        self.freed.notify_waiters();
    }

    /// Asks a deployment's breaker for one attempt.
    pub(crate) fn attempt(self: &Arc<Self>, deployment: DeploymentId) -> Option<Attempt> {
        let unit = self.unit(deployment);
        let pass = unit.breaker.lock().admit(&self.policy, self.now())?;
        Some(Attempt { fleet: self.clone(), deployment, unit, pass: Some(pass) })
    }

    pub(crate) fn health(&self, deployment: DeploymentId) -> Option<Arc<DeploymentHealth>> {
        self.units.load().get(&deployment)?.health.load_full()
    }

    /// Whether its breaker keeps calls away now.
    pub(crate) fn is_open(&self, deployment: DeploymentId) -> bool {
        let standing = self.unit(deployment).breaker.lock().standing(&self.policy, self.now());
        matches!(standing, Standing::Open { .. } | Standing::Probing)
    }

    /// What a probe found. A deployment that was down and no longer is starts slowly, with an empty cache.
    pub(crate) fn set_health(&self, health: DeploymentHealth) {
        let unit = self.unit(health.deployment_id);
        let before = unit.health.load().as_deref().map(|before| (before.state, before.checked_at));
        // Read again from the other replicas: what this one had on it then is known already.
        if before.is_some_and(|(_, at)| at >= health.checked_at) {
            return;
        }
        if health.state == HealthState::Healthy && before.is_some_and(|(state, _)| state != health.state) {
            *unit.warm_since.lock() = Some(self.now());
            self.affinity.forget(unit.handle);
        }
        let load = health.load.map(|load| unit.slots.lock().learn(load));
        unit.ours_then.store(unit.in_flight.load(Ordering::Relaxed), Ordering::Relaxed);
        unit.health.store(Some(Arc::new(DeploymentHealth { load, ..health })));
    }

    /// A deployment failed since it is set up wrongly: it rests at once.
    pub(crate) fn faulty(&self, deployment: &Deployment, kind: TaskKind) {
        let rest = self.unit(deployment.id).faulty.lock().failed(kind, deployment, self.now());
        if let Some(rest) = rest {
            tracing::warn!(deployment_id = %deployment.id, rest_s = rest.as_secs(), "set up wrongly: it rests");
            metrics::counter!("switchyard_faulty_deployments_total").increment(1);
        }
    }

    /// A deployment did a kind of work.
    pub(crate) fn worked(&self, deployment: DeploymentId, kind: TaskKind) {
        self.unit(deployment).faulty.lock().worked(kind);
    }

    /// Another replica's breaker opened.
    pub(crate) fn adopt_open(&self, deployment: DeploymentId, rest: Duration) {
        let now = self.now();
        self.unit(deployment).breaker.lock().adopt_open(&self.policy, now, now + rest);
    }

    /// Sends the deployments of a model that are much worse than its others to rest.
    pub(crate) fn eject_outliers(&self, model: &ModelEntry) {
        let units: Vec<_> = model.deployments.iter().map(|deployment| self.unit(deployment.id)).collect();
        let showings: Vec<_> =
            units.iter().map(|unit| unit.showing.lock().look(self.outliers.enough)).collect();
        let mut standings: Vec<_> = units.iter().map(|unit| *unit.ejection.lock()).collect();
        for place in eject(&self.outliers, &showings, &mut standings, self.now()) {
            tracing::warn!(deployment_id = %model.deployments[place].id, showing = ?showings[place], "ejected: much worse than the others of its model");
            metrics::counter!("switchyard_ejections_total").increment(1);
        }
        for (unit, standing) in units.iter().zip(standings) {
            *unit.ejection.lock() = standing;
        }
    }

    /// Forgets deployments that are gone.
    pub(crate) fn retain(&self, known: &HashSet<DeploymentId>) {
        if self.units.load().keys().all(|id| known.contains(id)) {
            return;
        }
        let mut handles = self.handles.lock();
        let mut units = HashMap::clone(&self.units.load());
        units.retain(|id, unit| {
            let stays = known.contains(id);
            if !stays {
                self.affinity.forget(unit.handle);
                handles.0.push(unit.handle);
            }
            stays
        });
        self.units.store(Arc::new(units));
    }

    pub(crate) fn unit(&self, id: DeploymentId) -> Arc<Unit> {
        if let Some(unit) = self.units.load().get(&id) {
            return unit.clone();
        }
        let mut handles = self.handles.lock();
        let mut units = HashMap::clone(&self.units.load());
        if let Some(unit) = units.get(&id) {
            return unit.clone();
        }
        let handle = handles.0.pop().unwrap_or_else(|| {
            handles.1 += 1;
            handles.1 - 1
        });
        let unit = Arc::new(Unit::new(handle, None));
        units.insert(id, unit.clone());
        self.units.store(Arc::new(units));
        unit
    }
}
