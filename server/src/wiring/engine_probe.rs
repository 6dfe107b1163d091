//! The catalog's questions to an engine, answered by the engines room.

use std::time::Duration;

use async_trait::async_trait;
use catalog::{EngineProbe, ProbeRefusal, ProbedEngine, ProbedModel, Trial, Tried};
use egress::EngineClient;
use engines::{ServedModel, Target, TaskKind, engine};
use snapshot::{EngineKind, HealthState, ModelKind};
use url::Url;

use super::engine_trial;

const TIMEOUT: Duration = Duration::from_secs(5);

pub struct Probe {
    client: EngineClient,
}

impl Probe {
    pub fn new(client: EngineClient) -> Self {
        Self { client }
    }

    fn target<'a>(&'a self, base_url: &'a Url, credential: Option<&'a str>) -> Target<'a> {
        Target { client: &self.client, base_url, credential, timeout: TIMEOUT }
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
        read(kind, engine(kind).probe(&self.target(base_url, credential)).await)
    }

    async fn detect(&self, base_url: &Url, credential: Option<&str>) -> Result<ProbedEngine, ProbeRefusal> {
        let found = engines::detect(&self.target(base_url, credential)).await;
        let (kind, probe) = found
            .ok_or_else(|| ProbeRefusal("nothing there speaks an engine's API that is known".to_owned()))?;
        read(kind, probe)
    }

    async fn describe(
        &self,
        kind: EngineKind,
        base_url: &Url,
        credential: Option<&str>,
        model: &str,
    ) -> Option<ProbedModel> {
        engines::describe(kind, &self.target(base_url, credential), model).await.map(probed)
    }

    async fn try_out(&self, trial: Trial<'_>) -> Tried {
        engine_trial::try_out(&self.client, &trial).await
    }
}

fn read(engine: EngineKind, found: engines::Probe) -> Result<ProbedEngine, ProbeRefusal> {
    if found.state == HealthState::Down {
        return Err(ProbeRefusal(found.reason.unwrap_or_else(|| "no answer".to_owned())));
    }
    let models = found.models.into_iter().map(probed).collect();
    Ok(ProbedEngine { engine, models, version: found.version, lora: found.lora })
}

fn probed(served: ServedModel) -> ProbedModel {
    ProbedModel {
        name: served.id,
        context_length: served.max_context,
        max_output_tokens: served.max_output,
        parent: served.parent,
        kind: served.tasks.as_deref().and_then(purpose),
        capabilities: served.capabilities.into_iter().map(str::to_owned).collect(),
        quantization: None,
    }
}

/// What a model is for, of the tasks that it does: one that chats is a chat model, whatever else it does.
fn purpose(tasks: &[TaskKind]) -> Option<ModelKind> {
    let does = |task: TaskKind| tasks.contains(&task);
    match () {
        () if does(TaskKind::Chat) || does(TaskKind::Completion) => Some(ModelKind::Chat),
        () if does(TaskKind::Rerank) => Some(ModelKind::Rerank),
        () if does(TaskKind::Embedding) => Some(ModelKind::Embedding),
        () if does(TaskKind::Classify) => Some(ModelKind::Moderation),
        () => None,
    }
}
