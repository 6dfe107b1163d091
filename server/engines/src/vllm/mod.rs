//! vLLM: OpenAI's dialect, usage on every chunk, its own health route and metrics.

mod metrics;

use bytes::Bytes;
use serde::Deserialize;
use shared_chat::ChatRequest;
use snapshot::{EngineKind, HealthState};

use crate::{
    Decoder, Engine, EngineError, EngineRequest, Labels, Payload, PrepareContext, Probe, Target, Unsupported,
    openai::{self, StreamUsage},
};

pub(crate) struct Vllm;

#[async_trait::async_trait]
impl Engine for Vllm {
    fn kind(&self) -> EngineKind {
        EngineKind::Vllm
    }

    fn prepare(
        &self,
        request: &ChatRequest,
        context: &PrepareContext<'_>,
    ) -> Result<EngineRequest, Unsupported> {
        openai::prepare(request, context, StreamUsage::Continuous)
    }

    fn decoder(&self, _labels: Labels) -> Decoder {
        Decoder::openai()
    }

    fn whole(&self, body: Bytes, _labels: &Labels) -> Result<Payload, EngineError> {
        openai::whole(body)
    }

    async fn probe(&self, target: &Target<'_>) -> Probe {
        let (health, models, metrics, version) = tokio::join!(
            target.get("/health"),
            openai::models(target),
            target.get("/metrics"),
            target.json::<Version>("/version"),
        );
        // It answers 503 once its engine process has died; while it loads it does not listen yet.
        if let Err(error) = health {
            return Probe::failed(&error);
        }
        match models {
            Ok(models) => Probe {
                version: version.ok().map(|version| version.version),
                load: metrics.ok().and_then(|text| metrics::load(&text)),
                ..Probe::healthy(models)
            },
            Err(error) => Probe::not(HealthState::NotReady, format!("its models cannot be listed: {error}")),
        }
    }
}

#[derive(Deserialize)]
struct Version {
    version: String,
}
