//! How a deployment is doing, as one prober tells all replicas and the console through `kv`.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::DeploymentId;

/// The `kv` hash that holds one [`DeploymentHealth`] (JSON) a deployment, by its id's text form.
pub const HEALTH_HASH: &str = "deployment-health";

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// Answered its health check the engine's own way and serves the model.
    Healthy,
    /// Answers, but is still loading, or the model is not among those it serves: used only when nothing else is left.
    NotReady,
    /// Does not answer, or the breaker is open.
    Down,
}

/// What an engine says of its own load.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct EngineLoad {
    pub running: u32,
    pub waiting: u32,
    /// Share of the KV cache in use, 0 to 1.
    pub kv_use: f64,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeploymentHealth {
    pub deployment_id: DeploymentId,
    pub state: HealthState,
    pub checked_at: DateTime<Utc>,
    /// Why it is not healthy, in words an operator may read.
    pub reason: Option<String>,
    pub load: Option<EngineLoad>,
    /// What it lists as served.
    pub models: Vec<String>,
    /// How long the check took, in milliseconds.
    pub latency_ms: u32,
}
