//! The rows a snapshot is made of, as they stand in the database.

use std::path::PathBuf;

use chrono::{DateTime, Utc};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use shared::{
    ApiKeyId, Currency, DeploymentId, ModelId, PoolId, PriceId, ProjectId, RouteId, TeamId, TenantId,
    route::{RouteSpec, TaskFit},
};
use url::Url;

use crate::EngineKind;

/// HMAC-SHA-256 of an API key's secret under the server's pepper.
pub type KeyHash = [u8; 32];

/// Everything a gateway reads from the database, of one moment.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// The configuration counter at that moment. Grows with every change.
    pub generation: i64,
    pub tenants: Vec<Tenant>,
    pub projects: Vec<Project>,
    pub keys: Vec<ApiKey>,
    pub secrets: Vec<KeySecret>,
    pub models: Vec<Model>,
    pub grants: Vec<ModelGrant>,
    pub pools: Vec<Pool>,
    pub deployments: Vec<Deployment>,
    pub prices: Vec<Price>,
    #[serde(default)]
    pub routes: Vec<Route>,
    /// The operator's data key, wrapped by the key-encryption key.
    pub operator_data_key: Option<Vec<u8>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TenantStatus {
    Active,
    Suspended,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Tenant {
    pub id: TenantId,
    pub slug: String,
    pub name: String,
    pub status: TenantStatus,
    /// Calls at once, over all its keys. None: the platform's default.
    pub max_concurrent_requests: Option<u32>,
    pub demo: bool,
    /// Whether its calls may leave for engines outside the platform.
    #[serde(default)]
    pub external_engines: bool,
    /// Its own data key, wrapped by the key-encryption key under its id: seals the credentials of its own upstreams.
    #[serde(default)]
    pub data_key: Option<Vec<u8>>,
    /// Regions that its calls must run in. None: anywhere.
    #[serde(default)]
    pub residency: Option<Vec<String>>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Project {
    pub tenant_id: TenantId,
    pub id: ProjectId,
    pub team_id: Option<TeamId>,
    pub cost_centre: Option<String>,
    /// How sensitive its data is, by a name of the operator's list.
    #[serde(default)]
    pub data_class: Option<String>,
    /// Whether that class lets calls leave for engines outside; true where no class is set. The tenant must allow it too.
    #[serde(default)]
    pub data_class_allows_external: bool,
    /// Whether `/v1/responses` keeps what it answered, for `previous_response_id`.
    #[serde(default)]
    pub store_responses: bool,
    /// Whether that class needs deployments that are cleared for it by name.
    #[serde(default)]
    pub data_class_needs_clearance: bool,
    /// Regions that its calls must run in, beside its tenant's. None: wherever the tenant's may.
    #[serde(default)]
    pub residency: Option<Vec<String>>,
}

/// An API key that is neither revoked nor of an archived project.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ApiKey {
    pub tenant_id: TenantId,
    pub id: ApiKeyId,
    pub project_id: ProjectId,
    pub disabled: bool,
    pub expires_at: Option<DateTime<Utc>>,
    pub scopes: Vec<String>,
    /// Names of the models it may use. None: all that its tenant may.
    pub allowed_models: Option<Vec<String>>,
}

/// One of up to two live secrets of a key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeySecret {
    pub tenant_id: TenantId,
    pub key_id: ApiKeyId,
    pub hash: KeyHash,
    /// The end of a rotation's grace; None for the present secret.
    pub expires_at: Option<DateTime<Utc>>,
}

/// Which surface a model answers on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ModelKind {
    /// Chat, completions, responses, messages.
    #[default]
    Chat,
    Embedding,
    Rerank,
    /// Classifies texts for `/v1/moderations`.
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

/// A model's tokenizer (`tokenizer.json`), as a file beside this gateway's configuration.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct TokenizerRef {
    /// SHA-256 of the file, 64 lower-case hexadecimal digits: names its content for ever.
    pub sha256: String,
    pub path: PathBuf,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub id: ModelId,
    pub name: String,
    pub display_name: String,
    pub description: String,
    /// Tokens of prompt and completion together.
    pub context_length: u32,
    pub max_output_tokens: Option<u32>,
    pub input_modalities: Vec<String>,
    pub output_modalities: Vec<String>,
    pub supported_parameters: Vec<String>,
    pub created_at: DateTime<Utc>,
    #[serde(default)]
    pub kind: ModelKind,
    /// Of `tools`, `parallel_tools`, `json_schema`, `vision`, `logprobs`, `reasoning`, `completions`, `lora`.
    #[serde(default)]
    pub capabilities: Vec<String>,
    #[serde(default)]
    pub tokenizer: Option<TokenizerRef>,
    /// How well it does which tasks, in the operator's words. Empty: judged by its capabilities.
    #[serde(default)]
    pub tasks: Vec<TaskFit>,
}

impl Model {
    pub fn can(&self, capability: &str) -> bool {
        self.capabilities.iter().any(|one| one == capability)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct ModelGrant {
    pub tenant_id: TenantId,
    pub model_id: ModelId,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum PoolKind {
    Shared,
    /// Serves this tenant and no other.
    Dedicated(TenantId),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pool {
    pub id: PoolId,
    pub name: String,
    pub kind: PoolKind,
    pub region: Option<String>,
}

/// Disabled deployments are not in a snapshot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum DeploymentState {
    Active,
    /// Finishes what it has; gets nothing new.
    Draining,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deployment {
    pub id: DeploymentId,
    pub name: String,
    pub engine: EngineKind,
    /// Without a trailing slash, for example `http://10.0.0.7:8000`; may carry a path prefix.
    pub base_url: Url,
    pub model_id: ModelId,
    /// The model's name as the engine knows it.
    pub upstream_model: String,
    pub pool_id: PoolId,
    pub region: Option<String>,
    pub state: DeploymentState,
    /// Share of a model's calls relative to its other deployments; 0 is a standby that serves only when the rest fail.
    pub weight: u32,
    /// The engine's own limit, where it is tighter than the model's.
    pub context_length: Option<u32>,
    /// Token for the engine, sealed with the operator's data key, or with its owner's where it has one.
    pub credential: Option<Vec<u8>>,
    /// Stands outside the platform: only for tenants and data classes that allow it.
    #[serde(default)]
    pub external: bool,
    /// A tenant's own account at a provider: serves this tenant and no other.
    #[serde(default)]
    pub owner_tenant: Option<TenantId>,
    /// The engine's own limit of a completion, where it is tighter than the model's.
    #[serde(default)]
    pub max_output_tokens: Option<u32>,
    /// How its weights are stored, as OpenRouter names it: `fp8`, `int4`, …
    #[serde(default)]
    pub quantization: Option<String>,
    /// Classes of data that it is cleared for. None: every class that needs no clearance.
    #[serde(default)]
    pub data_classes: Option<Vec<String>>,
    /// Tokens that its KV cache holds, where the operator says.
    #[serde(default)]
    pub kv_tokens: Option<u32>,
    /// LoRA weights that it holds at once, where the operator says.
    #[serde(default)]
    pub max_loras: Option<u32>,
}

/// The version in force of a route that is not retired.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Route {
    pub id: RouteId,
    /// Whose it is; the operator's routes, which are for every tenant, have none.
    pub tenant_id: Option<TenantId>,
    /// What callers name, as they name a model.
    pub name: String,
    pub version: u32,
    pub spec: RouteSpec,
}

/// What one token costs, from a moment on. In force until the next price of the same model begins.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Price {
    pub id: PriceId,
    pub model_id: ModelId,
    pub valid_from: DateTime<Utc>,
    pub currency: Currency,
    /// Per prompt token that was not found in the engine's prefix cache.
    pub prompt: Decimal,
    /// Per prompt token that was.
    pub cached_prompt: Decimal,
    /// Per completion token, reasoning included.
    pub completion: Decimal,
    /// Per call.
    pub request: Decimal,
}

/// Tokens of one call. `cached` is part of `prompt`, `reasoning` part of `completion`, as OpenAI counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TokenCounts {
    pub prompt: u64,
    pub cached: u64,
    pub completion: u64,
    pub reasoning: u64,
}

impl Price {
    /// The list amount of a call, exact; None if it does not fit a decimal.
    pub fn rate(&self, tokens: TokenCounts) -> Option<Decimal> {
        let cached = tokens.cached.min(tokens.prompt);
        let times = |rate: Decimal, count: u64| rate.checked_mul(Decimal::from(count));
        times(self.prompt, tokens.prompt - cached)?
            .checked_add(times(self.cached_prompt, cached)?)?
            .checked_add(times(self.completion, tokens.completion)?)?
            .checked_add(self.request)
    }
}
