//! What this room asks of an engine.

use async_trait::async_trait;
use shared::ErrorCode;
use snapshot::{EngineKind, ModelKind, Operation};
use url::Url;

/// A model as an engine lists it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ProbedModel {
    pub name: String,
    /// Tokens of prompt and completion together, where the engine says.
    pub context_length: Option<u32>,
    /// Tokens of one answer, where the engine limits them.
    pub max_output_tokens: Option<u32>,
    /// Of LoRA weights: the model that they stand on.
    pub parent: Option<String>,
    /// None where the engine does not tell.
    pub kind: Option<ModelKind>,
    /// As far as the engine tells, by the catalogue's names.
    pub capabilities: Vec<String>,
    pub quantization: Option<String>,
}

/// What an engine says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbedEngine {
    pub engine: EngineKind,
    pub models: Vec<ProbedModel>,
    pub version: Option<String>,
    /// Whether it loads LoRA weights while it runs, where it says.
    pub lora: Option<bool>,
}

/// Why it said nothing.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct ProbeRefusal(pub String);

/// One small call, to see what becomes of it.
#[derive(Debug, Clone, Copy)]
pub struct Trial<'a> {
    pub engine: EngineKind,
    pub base_url: &'a Url,
    pub credential: Option<&'a str>,
    pub upstream_model: &'a str,
    /// Says what to ask.
    pub kind: ModelKind,
    pub context_length: Option<u32>,
}

/// What became of it. Times in milliseconds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tried {
    pub operation: Operation,
    /// None where the answer comes whole, or not at all.
    pub first_token_ms: Option<u32>,
    pub total_ms: u32,
    pub prompt_tokens: Option<u32>,
    pub completion_tokens: Option<u32>,
    /// How the answer begins.
    pub text: Option<String>,
    /// The code that calls would get, and what was wrong, for operators.
    pub error: Option<(ErrorCode, String)>,
}

/// Asks engines; implemented over the engines room where the server is wired.
#[async_trait]
pub trait EngineProbe: Send + Sync + 'static {
    /// Asks an engine of a known kind what it serves.
    async fn probe(
        &self,
        engine: EngineKind,
        base_url: &Url,
        credential: Option<&str>,
    ) -> Result<ProbedEngine, ProbeRefusal>;

    /// Finds out what answers at an address.
    async fn detect(&self, base_url: &Url, credential: Option<&str>) -> Result<ProbedEngine, ProbeRefusal>;

    /// All that an engine says of one of its models, where listing them does not tell all. None when it has none such.
    async fn describe(
        &self,
        engine: EngineKind,
        base_url: &Url,
        credential: Option<&str>,
        model: &str,
    ) -> Option<ProbedModel>;

    async fn try_out(&self, trial: Trial<'_>) -> Tried;
}
