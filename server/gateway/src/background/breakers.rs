//! Breakers that opened, told to the other replicas through `kv`.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use shared::DeploymentId;
use tokio::sync::mpsc;

use crate::{fleet::Opened, gateway::Shared};

/// The `kv` map of open breakers: deployment id to [`Told`] in JSON.
const OPEN: &str = "deployment-breakers";

/// How long an entry stays after its breaker's rest, in milliseconds.
const LINGERS_MS: i64 = 60_000;

#[derive(Debug, Serialize, Deserialize)]
struct Told {
    /// Milliseconds since 1970.
    until: i64,
    /// The replica that saw it.
    by: String,
}

/// Endless: tells each opening.
pub(super) async fn tell(core: &Shared, replica: &str, mut openings: mpsc::Receiver<Opened>) {
    while let Some(Opened { deployment, rest }) = openings.recv().await {
        let until = core.clock.now().timestamp_millis() + rest.as_millis() as i64;
        let told = Told { until, by: replica.to_owned() };
        let Ok(json) = serde_json::to_vec(&told) else { continue };
        let kept_for = core.settings.breaker.longest_rest.max(rest);
        if let Err(error) = core.kv.put_field(OPEN, &deployment.to_string(), &json, kept_for).await {
            tracing::warn!(%error, "an open breaker could not be told to the other replicas");
        }
        super::health::tell_open(core, deployment).await;
    }
}

pub(super) async fn read(core: &Shared, replica: &str) {
    let Ok(open) = core.kv.get_fields(OPEN).await else { return };
    let now = core.clock.now().timestamp_millis();
    for (id, json) in open {
        let (Ok(deployment), Ok(told)) = (id.parse::<DeploymentId>(), serde_json::from_slice::<Told>(&json))
        else {
            continue;
        };
        if told.by != replica && told.until > now {
            core.fleet.adopt_open(deployment, Duration::from_millis((told.until - now) as u64));
        }
        if told.until + LINGERS_MS < now && core.kv.delete_field(OPEN, &id).await.is_err() {
            return;
        }
    }
}
