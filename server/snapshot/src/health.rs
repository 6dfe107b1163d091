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
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct EngineLoad {
    pub running: u32,
    /// Its queue: taken, and not yet begun.
    pub waiting: u32,
    /// Share of the KV cache in use, 0 to 1; None where it does not tell or has none.
    pub kv_use: Option<f64>,
    /// Requests it runs at once; None where it does not tell.
    #[serde(default)]
    pub slots: Option<u32>,
    /// Requests it holds at once, running and waiting: it refuses more. None where it does not tell.
    #[serde(default)]
    pub capacity: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeploymentHealth {
    pub deployment_id: DeploymentId,
    pub state: HealthState,
    pub checked_at: DateTime<Utc>,
    /// Why it is not healthy, in words an operator may read.
    pub reason: Option<String>,
    pub load: Option<EngineLoad>,
    /// It gives metrics, but not under names that are known: its load is unknown, and an operator should hear of it.
    #[serde(default)]
    pub load_blind: bool,
    /// What it lists as served.
    pub models: Vec<String>,
    /// Where its model is a LoRA: whether the engine works with that LoRA now. None where it is none, or the engine does
    /// not tell.
    #[serde(default)]
    pub lora_at_work: Option<bool>,
    /// How long the check took, in milliseconds.
    pub latency_ms: u32,
}
