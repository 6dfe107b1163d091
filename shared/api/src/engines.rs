//! Types of the catalog room that are about engines: what one says of itself, a test call, what failed, engines outside the
//! platform and who may use them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use shared::{DeploymentId, ModelId};

use crate::catalog::{DeploymentHealth, ModelKind};

/// `POST /api/v1/deployments/detect`: asks what answers at an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DetectEngine {
    /// For example `http://10.0.0.7:8000`.
    pub base_url: String,
    /// Token for the engine, where it wants one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

/// What answers at an address.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DetectedEngine {
    /// `vllm`, `sglang`, `ollama`, `tgi`, `nim`, `llamacpp`, `tei`, `openai` or `anthropic`.
    pub engine: String,
    pub version: Option<String>,
    pub models: Vec<DetectedModel>,
    /// Whether it can load LoRA weights; null where it does not say.
    pub lora: Option<bool>,
}

/// A model as an engine lists it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DetectedModel {
    pub name: String,
    /// Tokens of prompt and completion together; null where the engine does not say.
    pub context_length: Option<u32>,
    /// What it is for, as far as the engine tells.
    pub kind: ModelKind,
    /// The model that these are LoRA weights of.
    pub parent: Option<String>,
    /// Such as `fp8` or `Q4_K_M`.
    pub quantization: Option<String>,
}

/// How a test call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum TestOutcome {
    Answered,
    Failed,
}

/// `POST /api/v1/deployments/{deployment_id}/test`: what one small call through the deployment came to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentTest {
    pub outcome: TestOutcome,
    /// What was asked of it: `chat_completion`, `embedding`, `rerank` or `moderation`, after the model's kind.
    pub operation: String,
    /// Milliseconds to the first token; null where the answer comes whole.
    pub first_token_ms: Option<u32>,
    pub total_ms: u32,
    pub prompt_tokens: Option<u32>,
    pub completion_tokens: Option<u32>,
    /// How the answer begins.
    pub text: Option<String>,
    /// The error's code, as calls would get it.
    pub error: Option<String>,
    /// What the engine said, for operators.
    pub message: Option<String>,
}

/// Calls that failed at an engine, of one deployment and one kind of error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineErrors {
    pub deployment_id: DeploymentId,
    /// Null: a tenant's own upstream, or a deployment that is not known any more.
    pub deployment: Option<String>,
    pub model: Option<String>,
    pub engine: Option<String>,
    /// The error's code.
    pub error: String,
    pub calls: u64,
    pub last_at: DateTime<Utc>,
}

/// A tenant's own account at a provider outside: an OpenAI-compatible or Anthropic API, used for this tenant alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Upstream {
    /// Calls that it serves carry this as their deployment.
    pub id: DeploymentId,
    pub name: String,
    /// `openai` or `anthropic`.
    pub engine: String,
    pub base_url: String,
    pub model: String,
    pub model_id: ModelId,
    /// The model's name at the provider.
    pub upstream_model: String,
    pub context_length: Option<u32>,
    pub max_output_tokens: Option<u32>,
    pub health: DeploymentHealth,
    /// E-mail address of who made it.
    pub created_by: String,
    pub created_at: DateTime<Utc>,
}

/// `POST …/upstreams`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewUpstream {
    pub name: String,
    /// `openai` or `anthropic`.
    pub engine: String,
    /// For example `https://api.openai.com`.
    pub base_url: String,
    /// A model that the tenant may use.
    pub model: String,
    /// Its name at the provider; left out, `model`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub upstream_model: Option<String>,
    /// The provider's key; never shown again.
    pub credential: String,
    /// Tokens of prompt and completion together, where the provider's limit is tighter than the model's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub context_length: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_output_tokens: Option<u32>,
}

/// How sensitive a project's data is, in the operator's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DataClass {
    pub name: String,
    pub description: String,
    /// Whether calls of such a project may leave for engines outside the platform.
    pub allows_external: bool,
    /// Whether only deployments that name the class take its calls.
    pub needs_clearance: bool,
    pub created_at: DateTime<Utc>,
}

/// `POST /api/v1/data-classes`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewDataClass {
    /// Lower-case letters, digits and hyphens, for example `confidential`.
    pub name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub description: String,
    pub allows_external: bool,
    /// Only deployments that name the class in `data_classes` take its calls.
    #[serde(default)]
    pub needs_clearance: bool,
}

/// `PATCH /api/v1/data-classes/{data_class}`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DataClassChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub allows_external: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub needs_clearance: Option<bool>,
}
