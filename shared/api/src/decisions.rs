//! Types of the catalog room that explain the gateway's choices: decisions of late, and one made again with each number.
//!
//! A decision has features, names and hashes; nothing of a prompt can be read from it.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use shared::{
    ApiKeyId, DeploymentId, TenantId,
    route::{ScoreWeights, Task},
};

/// A choice that a gateway made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Decision {
    pub id: String,
    pub at: DateTime<Utc>,
    /// The tenant's slug.
    pub tenant: String,
    /// As the caller named it.
    pub asked: String,
    pub route: Option<String>,
    pub route_version: Option<u32>,
    pub arm: Option<String>,
    /// What the prompt was taken for, where the caller left the model to the platform.
    pub task: Option<TaskTold>,
    /// The deployment that was tried first; null: none could serve.
    pub first: Option<String>,
    pub candidates: u32,
    /// How many of them could not serve.
    pub left_out: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TaskTold {
    pub task: Task,
    /// The feature that told it.
    pub why: String,
}

/// A request as a tenant's caller would send it. Nothing is sent to an engine, counted or recorded.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PastedRequest {
    pub tenant_id: TenantId,
    /// In whose name; left out, any key of the tenant's that is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<ApiKeyId>,
    /// Left out: `/v1/chat/completions`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub body: Value,
}

/// `POST /api/v1/routes/explain`: one of the three.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ExplainDecision {
    /// A decision of late.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decision_id: Option<String>,
    /// A decision as it was recorded: the `record` of an earlier answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Object>))]
    pub record: Option<Value>,
    /// A request that is not made: what would be decided of it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub request: Option<PastedRequest>,
}

/// A decision made again: the same record gives the same plan.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Explained {
    pub decision: Decision,
    /// Tokens of the prompt, by estimate.
    pub prompt_tokens: u32,
    /// Tokens that the answer was expected to have.
    pub output_tokens: u32,
    /// Tokens that had to fit.
    pub tokens: u64,
    /// What a score was made of, by how much.
    pub weights: ScoreWeights,
    /// Wishes that put a deployment behind the others: seconds to the first token at most, tokens a second at least.
    pub first_token: Option<f32>,
    pub tokens_per_second: Option<f32>,
    /// In the order in which they were to be tried.
    pub ordered: Vec<ExplainedChoice>,
    pub left_out: Vec<LeftOut>,
    /// All that the plan came of, to be kept and explained again.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub record: Value,
}

/// A deployment among the candidates.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Candidate {
    pub deployment_id: DeploymentId,
    pub deployment: String,
    pub model: String,
    pub engine: String,
    pub region: Option<String>,
    /// Calls that this gateway had on it.
    pub in_flight: u32,
    /// Calls that its engine told of: working, and waiting in it.
    pub running: Option<u32>,
    pub waiting: Option<u32>,
    /// Tokens of the prompt that its prefix cache likely had.
    pub cached_tokens: u32,
    /// How early the caller wanted it: lower comes first.
    pub tier: u32,
    pub weight: u32,
}

/// A candidate that could serve.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ExplainedChoice {
    #[serde(flatten)]
    pub candidate: Candidate,
    /// `serving`, `warming`, `late`, `saturated`, `standby` or `unready`: tried in this order.
    pub rank: String,
    /// Why it stands there: `best_score`, `drawn_among_best`, `better_of_two`, `by_score`, `only_one`, `breaker_probe`.
    pub reason: String,
    pub score: Score,
}

/// Seconds, each as it stands in the sum before the weights; the lower, the better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Score {
    /// Calls on it, those of other gateways by estimate.
    pub calls: f32,
    /// Waiting for a slot.
    pub wait: f32,
    /// Reading the prompt, and those before it.
    pub prefill: f32,
    /// Loading a LoRA.
    pub lora: f32,
    /// The tokens after the first.
    pub decode: f32,
    /// Thousandths of the currency's unit.
    pub cost: f32,
    /// 0 to 1: how badly its model fits the task.
    pub misfit: f32,
    /// Whether the caller would have left its deployment.
    pub leaves: bool,
    /// All by the weights.
    pub total: f32,
}

/// A candidate that could not serve.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct LeftOut {
    #[serde(flatten)]
    pub candidate: Candidate,
    /// A word, such as `residency`, `context_length`, `down` or `breaker_open`.
    pub why: String,
    /// What the word leaves open, such as a limit or how long it rests.
    pub detail: Option<String>,
}
