//! Types of the catalog room: models, pools, deployments, prices, grants.

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use shared::{Currency, DeploymentId, ModelId, PoolId, PriceId, TenantId, route::TaskFit};

use crate::tenancy::present;

/// Which surface a model answers on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    #[default]
    Chat,
    Embedding,
    Rerank,
    /// Classifies texts.
    Moderation,
}

impl ModelKind {
    pub const ALL: [Self; 4] = [Self::Chat, Self::Embedding, Self::Rerank, Self::Moderation];

    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Chat => "chat",
            Self::Embedding => "embedding",
            Self::Rerank => "rerank",
            Self::Moderation => "moderation",
        }
    }
}

/// What a model may be said to do, besides answering.
pub const CAPABILITIES: [&str; 8] =
    ["tools", "parallel_tools", "json_schema", "vision", "logprobs", "reasoning", "completions", "lora"];

/// A model as the operator sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Model {
    pub id: ModelId,
    /// What callers name.
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub kind: ModelKind,
    /// Tokens of prompt and completion together.
    pub context_length: u32,
    pub max_output_tokens: Option<u32>,
    pub input_modalities: Vec<String>,
    pub output_modalities: Vec<String>,
    pub supported_parameters: Vec<String>,
    /// Of `tools`, `parallel_tools`, `json_schema`, `vision`, `logprobs`, `reasoning`, `completions`, `lora`.
    pub capabilities: Vec<String>,
    /// How well it does which tasks, for callers who leave the choice to the platform; empty: judged by its capabilities.
    pub tasks: Vec<TaskFit>,
    /// SHA-256 of its tokenizer, in hexadecimal; without one, tokens are estimated before a call.
    pub tokenizer: Option<String>,
    /// How large that tokenizer is.
    pub tokenizer_bytes: Option<u64>,
    /// The price in force.
    pub price: Option<Price>,
    pub deployments: u32,
    /// Whether an active deployment of it stands outside the platform.
    pub external: bool,
    pub granted_tenants: u32,
    pub created_at: DateTime<Utc>,
    pub retired_at: Option<DateTime<Utc>>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateModel {
    pub name: String,
    #[serde(default)]
    pub display_name: Option<String>,
    #[serde(default)]
    pub description: String,
    #[serde(default)]
    pub kind: ModelKind,
    pub context_length: u32,
    #[serde(default)]
    pub max_output_tokens: Option<u32>,
    /// Left out: text, and images where `vision` is a capability.
    #[serde(default)]
    pub input_modalities: Option<Vec<String>>,
    /// Left out: what its kind gives (text, embeddings, …).
    #[serde(default)]
    pub output_modalities: Option<Vec<String>>,
    /// Parameters of a call that it takes. Left out: what every engine takes.
    #[serde(default)]
    pub supported_parameters: Option<Vec<String>>,
    /// Left out: what a chat model on a common engine can (`tools`, `parallel_tools`, `json_schema`, `logprobs`,
    /// `completions`); nothing for other kinds.
    #[serde(default)]
    pub capabilities: Option<Vec<String>>,
    /// How well it does which tasks, 0 to 100, each once.
    #[serde(default)]
    pub tasks: Vec<TaskFit>,
    /// Prices in force at once; without them the model is free of charge.
    #[serde(default)]
    pub price: Option<PriceRates>,
    /// Grant it to every tenant that exists.
    #[serde(default)]
    pub grant_all: bool,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateModel {
    #[serde(default)]
    pub display_name: Option<String>,
    #[serde(default)]
    pub description: Option<String>,
    #[serde(default)]
    pub context_length: Option<u32>,
    #[serde(default)]
    pub max_output_tokens: Option<u32>,
    #[serde(default)]
    pub input_modalities: Option<Vec<String>>,
    #[serde(default)]
    pub output_modalities: Option<Vec<String>>,
    #[serde(default)]
    pub supported_parameters: Option<Vec<String>>,
    #[serde(default)]
    pub capabilities: Option<Vec<String>>,
    /// How well it does which tasks; an empty list takes what was said back.
    #[serde(default)]
    pub tasks: Option<Vec<TaskFit>>,
    /// True takes it out of service, false brings it back.
    #[serde(default)]
    pub retired: Option<bool>,
}

/// Rates of a price, per token in the currency's unit; `request` per call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct PriceRates {
    pub currency: Currency,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub prompt: Decimal,
    /// Without it, cached prompt tokens cost what others cost.
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<String>))]
    pub cached_prompt: Option<Decimal>,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub completion: Decimal,
    #[serde(default)]
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub request: Decimal,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Price {
    pub id: PriceId,
    pub model_id: ModelId,
    pub valid_from: DateTime<Utc>,
    pub currency: Currency,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub prompt: Decimal,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub cached_prompt: Decimal,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub completion: Decimal,
    #[cfg_attr(feature = "openapi", schema(value_type = String))]
    pub request: Decimal,
}

/// A new price. It never begins in the past; left out, it begins now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePrice {
    pub model_id: ModelId,
    #[serde(default)]
    pub valid_from: Option<DateTime<Utc>>,
    pub rates: PriceRates,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Pool {
    pub id: PoolId,
    pub name: String,
    /// The tenant that it is dedicated to; without one it is shared.
    pub dedicated_to: Option<TenantId>,
    pub region: Option<String>,
    pub deployments: u32,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreatePool {
    pub name: String,
    #[serde(default)]
    pub dedicated_to: Option<TenantId>,
    #[serde(default)]
    pub region: Option<String>,
}

/// Whether a deployment gets calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum DeploymentState {
    Active,
    /// Finishes what it has; gets nothing new.
    Draining,
    Disabled,
}

impl DeploymentState {
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Draining => "draining",
            Self::Disabled => "disabled",
        }
    }
}

/// What its last health check said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    Healthy,
    NotReady,
    Down,
    /// Not checked yet.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DeploymentHealth {
    pub state: HealthState,
    pub checked_at: Option<DateTime<Utc>>,
    pub reason: Option<String>,
    /// Calls that the engine works on, and that wait in it.
    pub running: Option<u32>,
    pub waiting: Option<u32>,
    /// Share of its KV cache in use, 0 to 1.
    pub kv_use: Option<f64>,
    /// How long the check took.
    pub latency_ms: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Deployment {
    pub id: DeploymentId,
    pub name: String,
    /// `vllm`, `sglang`, `ollama`, `tgi`, `nim`, `llamacpp`, `tei`, `openai` or `anthropic`.
    pub engine: String,
    /// What the engine said when it was registered.
    pub engine_version: Option<String>,
    pub base_url: String,
    pub model: String,
    pub model_id: ModelId,
    pub upstream_model: String,
    pub pool: String,
    pub pool_id: PoolId,
    pub region: Option<String>,
    pub state: DeploymentState,
    pub weight: u32,
    pub context_length: Option<u32>,
    pub max_output_tokens: Option<u32>,
    pub quantization: Option<String>,
    /// Stands outside the platform: only for tenants and data classes that allow it.
    pub external: bool,
    /// Whether calls to it carry a credential; the credential itself is never shown.
    pub has_credential: bool,
    /// Classes of data that it is cleared for; null: every class that needs no clearance.
    pub data_classes: Option<Vec<String>>,
    /// Tokens that its KV cache holds, where the operator said.
    pub kv_tokens: Option<u32>,
    /// LoRA weights that it holds at once, where the operator said.
    pub max_loras: Option<u32>,
    pub health: DeploymentHealth,
    pub created_at: DateTime<Utc>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct CreateDeployment {
    pub name: String,
    /// `vllm`, `sglang`, `ollama`, `tgi`, `nim`, `llamacpp`, `tei`, `openai` or `anthropic`; left out, it is found by
    /// asking the address.
    #[serde(default)]
    pub engine: Option<String>,
    pub base_url: String,
    /// An unknown model is created with what the engine says of itself.
    pub model: String,
    /// Its name at the engine; left out, what the engine lists, else `model`.
    #[serde(default)]
    pub upstream_model: Option<String>,
    /// A pool's name; left out, the pool `default`, which is shared.
    #[serde(default)]
    pub pool: Option<String>,
    #[serde(default)]
    pub region: Option<String>,
    #[serde(default)]
    pub weight: Option<u32>,
    /// Token for the engine.
    #[serde(default)]
    pub credential: Option<String>,
    /// It stands outside the platform (another provider's API): `openai` and `anthropic` only.
    #[serde(default)]
    pub external: bool,
    /// The engine's own limits, where they are tighter than the model's. Left out: what the engine says.
    #[serde(default)]
    pub context_length: Option<u32>,
    #[serde(default)]
    pub max_output_tokens: Option<u32>,
    /// Such as `fp8`. Left out: what the engine says.
    #[serde(default)]
    pub quantization: Option<String>,
    /// Classes of data that it is cleared for. Left out: every class that needs no clearance.
    #[serde(default)]
    pub data_classes: Option<Vec<String>>,
    /// Tokens that its KV cache holds. Left out: judged by what it tells of its use.
    #[serde(default)]
    pub kv_tokens: Option<u32>,
    /// LoRA weights that it holds at once.
    #[serde(default)]
    pub max_loras: Option<u32>,
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct UpdateDeployment {
    #[serde(default)]
    pub state: Option<DeploymentState>,
    #[serde(default)]
    pub weight: Option<u32>,
    /// Classes of data that it is cleared for; null: every class that needs no clearance.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<Vec<String>>))]
    pub data_classes: Option<Option<Vec<String>>>,
    /// Tokens that its KV cache holds; null: judged by what it tells of its use.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>))]
    pub kv_tokens: Option<Option<u32>>,
    /// LoRA weights that it holds at once; null: not said.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "openapi", schema(value_type = Option<u32>))]
    pub max_loras: Option<Option<u32>>,
}

/// A model as a tenant sees it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TenantModel {
    pub id: ModelId,
    pub name: String,
    pub display_name: String,
    pub description: String,
    pub kind: ModelKind,
    pub context_length: u32,
    pub max_output_tokens: Option<u32>,
    pub input_modalities: Vec<String>,
    pub output_modalities: Vec<String>,
    pub supported_parameters: Vec<String>,
    /// Of `tools`, `parallel_tools`, `json_schema`, `vision`, `logprobs`, `reasoning`, `completions`, `lora`.
    pub capabilities: Vec<String>,
    pub price: Option<Price>,
    /// Whether calls may leave the platform: it is served by an engine outside too, and the tenant allows that.
    pub external: bool,
}

/// The models that a tenant may use from now on, by name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct GrantModels {
    pub models: Vec<String>,
}

/// What a deployment's engine says of itself when asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EngineAnswer {
    pub models: Vec<String>,
    pub version: Option<String>,
}
