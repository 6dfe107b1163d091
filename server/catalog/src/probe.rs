//! What this room asks of an engine.

use async_trait::async_trait;
use snapshot::EngineKind;
use url::Url;

/// A model as an engine lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbedModel {
    pub name: String,
    /// Tokens of prompt and completion together, where the engine says.
    pub context_length: Option<u32>,
}

/// What an engine says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProbedEngine {
    pub models: Vec<ProbedModel>,
    pub version: Option<String>,
}

/// Why it said nothing.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct ProbeRefusal(pub String);

/// Asks an engine; implemented over the engines room where the server is wired.
#[async_trait]
pub trait EngineProbe: Send + Sync + 'static {
    async fn probe(
        &self,
        engine: EngineKind,
        base_url: &Url,
        credential: Option<&str>,
    ) -> Result<ProbedEngine, ProbeRefusal>;
}
