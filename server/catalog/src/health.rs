//! What the prober says of deployments, as operators see it.

use std::collections::HashMap;

use kv::Kv;
use shared::DeploymentId;
use shared_api::catalog::{DeploymentHealth, HealthState};

pub const UNKNOWN: DeploymentHealth = DeploymentHealth {
    state: HealthState::Unknown,
    checked_at: None,
    reason: None,
    running: None,
    waiting: None,
    kv_use: None,
    latency_ms: None,
};

/// The last word on every deployment. An unreachable `kv` leaves them unknown: a page that shows less beats none.
pub async fn all(kv: &dyn Kv) -> HashMap<DeploymentId, DeploymentHealth> {
    let fields = match kv.get_fields(snapshot::HEALTH_HASH).await {
        Ok(fields) => fields,
        Err(error) => {
            tracing::warn!(%error, "deployment health is not readable");
            return HashMap::new();
        }
    };
    let read = |value: &[u8]| serde_json::from_slice::<snapshot::DeploymentHealth>(value).ok();
    fields
        .values()
        .filter_map(|value| read(value))
        .map(|health| (health.deployment_id, shown(health)))
        .collect()
}

pub fn of(known: &HashMap<DeploymentId, DeploymentHealth>, id: DeploymentId) -> DeploymentHealth {
    known.get(&id).cloned().unwrap_or(UNKNOWN)
}

fn shown(health: snapshot::DeploymentHealth) -> DeploymentHealth {
    DeploymentHealth {
        state: match health.state {
            snapshot::HealthState::Healthy => HealthState::Healthy,
            snapshot::HealthState::NotReady => HealthState::NotReady,
            snapshot::HealthState::Down => HealthState::Down,
        },
        checked_at: Some(health.checked_at),
        reason: health.reason,
        running: health.load.map(|load| load.running),
        waiting: health.load.map(|load| load.waiting),
        kv_use: health.load.and_then(|load| load.kv_use),
        latency_ms: Some(health.latency_ms),
    }
}
