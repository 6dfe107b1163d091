//! Deployments' health: one replica probes, all read what it found.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use engines::{Target, engine};
use futures::{StreamExt, stream};
use shared::DeploymentId;
use snapshot::{Deployment, DeploymentHealth, HEALTH_HASH, HealthState};
use tokio::time::{Instant, MissedTickBehavior, interval};

use crate::gateway::Shared;

/// Held by the replica that probes.
const LOCK: &str = "deployment-probes";
/// What is told of a deployment whose breaker is open. Replicas that read it go by the breaker itself, not by this.
const BREAKER_OPEN: &str = "calls to it fail: its circuit breaker is open";
/// Engines asked at the same time.
const AT_ONCE: usize = 16;

/// Endless: probes while this replica holds the lock, or while the store of locks is away.
pub(super) async fn probe(core: &Shared, replica: &str) {
    let every = core.settings.probe_every;
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let changed = core.configuration.changed().notified();
        let only_new = tokio::select! {
            _ = ticks.tick() => false,
            () = changed => true,
        };
        let ours = core.kv.acquire(LOCK, replica, every * 3 + core.settings.probe_timeout).await;
        match ours {
            Ok(false) => {}
            Ok(true) => {
                probe_all(core, only_new).await;
                forget_gone(core).await;
            }
            Err(error) => {
                tracing::debug!(%error, "no lock to probe under; probing for this replica alone");
                probe_all(core, only_new).await;
            }
        }
    }
}

/// All deployments, or only those that nothing is known of yet.
async fn probe_all(core: &Shared, only_new: bool) {
    let snapshot = core.configuration.load_full();
    let wanted = snapshot.deployments().filter(|one| !only_new || core.fleet.health(one.id).is_none());
    let wanted: Vec<_> = wanted.cloned().collect();
    let probes = stream::iter(wanted).for_each_concurrent(AT_ONCE, |deployment| async move {
        let health = probe_one(core, &deployment).await;
        tell(core, health).await;
    });
    probes.await;
}

async fn probe_one(core: &Shared, deployment: &Arc<Deployment>) -> DeploymentHealth {
    let begun = Instant::now();
    let of = |state, reason| DeploymentHealth {
        deployment_id: deployment.id,
        state,
        checked_at: core.clock.now(),
        reason,
        load: None,
        load_blind: false,
        models: Vec::new(),
        lora_at_work: None,
        latency_ms: u32::try_from(begun.elapsed().as_millis()).unwrap_or(u32::MAX),
    };
    let credential = core.credentials.token(&core.configuration.load(), deployment);
    let credential = match credential {
        Ok(credential) => credential,
        Err(error) => return of(HealthState::Down, Some(error.to_string())),
    };
    let target = Target {
        client: core.client(deployment),
        base_url: &deployment.base_url,
        credential: credential.as_ref().map(|token| token.as_str()),
        timeout: core.settings.probe_timeout,
    };
    let kind = engine(deployment.engine);
    let probe = kind.probe(&target).await;
    let own = probe.models.iter().find(|model| kind.same_model(&model.id, &deployment.upstream_model));
    let lora = own.is_some_and(|model| model.parent.is_some());
    let at_work = probe.loras_at_work.as_ref().map(|names| names.contains(&deployment.upstream_model));
    let listed = own.is_some();
    let (state, reason) = if probe.is_healthy() && !listed {
        (HealthState::NotReady, Some(format!("it does not serve the model {}", deployment.upstream_model)))
    } else {
        (probe.state, probe.reason)
    };
    DeploymentHealth {
        load: probe.load,
        load_blind: probe.load_blind,
        models: probe.models.into_iter().map(|model| model.id).collect(),
        lora_at_work: at_work.filter(|_| lora),
        ..of(state, reason)
    }
}

/// What calls saw outweighs what a probe saw: an open breaker is told as down.
async fn tell(core: &Shared, mut health: DeploymentHealth) {
    core.fleet.set_health(health.clone());
    if health.state == HealthState::Healthy && core.fleet.is_open(health.deployment_id) {
        health.state = HealthState::Down;
        health.reason = Some(BREAKER_OPEN.to_owned());
    }
    write(core, &health).await;
}

/// A breaker opened just now.
pub(super) async fn tell_open(core: &Shared, deployment: DeploymentId) {
    let now: DateTime<Utc> = core.clock.now();
    let known = core.fleet.health(deployment);
    let health = DeploymentHealth {
        deployment_id: deployment,
        state: HealthState::Down,
        checked_at: now,
        reason: Some(BREAKER_OPEN.to_owned()),
        load: None,
        load_blind: false,
        models: known.as_ref().map(|known| known.models.clone()).unwrap_or_default(),
        lora_at_work: None,
        latency_ms: known.map_or(0, |known| known.latency_ms),
    };
    write(core, &health).await;
}

async fn write(core: &Shared, health: &DeploymentHealth) {
    let Ok(json) = serde_json::to_vec(health) else { return };
    let kept_for = core.settings.probe_every * 12;
    let put = core.kv.put_field(HEALTH_HASH, &health.deployment_id.to_string(), &json, kept_for).await;
    if let Err(error) = put {
        tracing::debug!(%error, "a deployment's health could not be told");
    }
}

/// What the probing replica found.
pub(super) async fn read(core: &Shared) {
    let Ok(all) = core.kv.get_fields(HEALTH_HASH).await else { return };
    for json in all.values() {
        if let Ok(health) = serde_json::from_slice::<DeploymentHealth>(json)
            && health.reason.as_deref() != Some(BREAKER_OPEN)
        {
            core.fleet.set_health(health);
        }
    }
}

async fn forget_gone(core: &Shared) {
    let Ok(all) = core.kv.get_fields(HEALTH_HASH).await else { return };
    for id in all.keys() {
        let known = id
            .parse::<DeploymentId>()
            .is_ok_and(|id| core.configuration.load().deployments().any(|deployment| deployment.id == id));
        if !known && core.kv.delete_field(HEALTH_HASH, id).await.is_err() {
            return;
        }
    }
}
