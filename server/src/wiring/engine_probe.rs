//! The catalog's question to an engine, answered by the engines room.

use std::time::Duration;

use async_trait::async_trait;
use catalog::{EngineProbe, ProbeRefusal, ProbedEngine, ProbedModel};
use egress::EngineClient;
use engines::{Target, engine};
use snapshot::{EngineKind, HealthState};
use url::Url;

const TIMEOUT: Duration = Duration::from_secs(5);

pub struct Probe {
    client: EngineClient,
}

impl Probe {
    pub fn new(client: EngineClient) -> Self {
        Self { client }
    }
}

#[async_trait]
impl EngineProbe for Probe {
    async fn probe(
        &self,
        kind: EngineKind,
        base_url: &Url,
        credential: Option<&str>,
    ) -> Result<ProbedEngine, ProbeRefusal> {
        let target = Target { client: &self.client, base_url, credential, timeout: TIMEOUT };
        let found = engine(kind).probe(&target).await;
        if found.state == HealthState::Down {
            return Err(ProbeRefusal(found.reason.unwrap_or_else(|| "no answer".to_owned())));
        }
        let model = |served: engines::ServedModel| ProbedModel {
            name: served.id,
            context_length: served.max_context,
        };
        Ok(ProbedEngine { models: found.models.into_iter().map(model).collect(), version: found.version })
    }
}
