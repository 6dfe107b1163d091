//! Decoding in one go, and a client that may reach the loopback interface.

use std::{sync::Once, time::Duration};

use bytes::Bytes;
use egress::{ConnectTimeout, EgressRules, EngineClient};
use engines::{
    Asked, EngineRequest, Labels, PrepareContext, StreamEvent, Target, Task, TaskKind, Unsupported, engine,
};
use serde::de::DeserializeOwned;
use serde_json::Value;
use shared_chat::{
    ChatRequest, ClassifyRequest, CompletionRequest, DetokenizeRequest, EmbeddingRequest, RerankRequest,
    TokenizeRequest,
};
use snapshot::EngineKind;
use url::Url;

pub fn labels() -> Labels {
    Labels {
        id: "chatcmpl-ours".into(),
        created: 1_770_000_000,
        model: "acme/model".into(),
        asked: Asked::default(),
    }
}

/// Labels of an answer to this task.
pub fn labels_of(task: &Task<'_>) -> Labels {
    Labels { asked: Asked::of(task), ..labels() }
}

pub const CONTEXT: PrepareContext<'_> = PrepareContext {
    upstream_model: "upstream",
    context_length: Some(8192),
    max_output_tokens: None,
    request_id: Some("req_1"),
};

pub fn prepare(kind: EngineKind, task: Task<'_>) -> Result<EngineRequest, Unsupported> {
    engine(kind).prepare(task, &CONTEXT)
}

/// Where a task goes, and what is sent.
pub fn sent(kind: EngineKind, task: Task<'_>) -> (&'static str, Value) {
    let request = prepare(kind, task).unwrap();
    (request.path, serde_json::from_slice(&request.body).unwrap())
}

/// The field that a refusal names.
pub fn refused(kind: EngineKind, task: Task<'_>) -> String {
    let refusal = prepare(kind, task).unwrap_err();
    assert!(!refusal.reason.is_empty());
    refusal.param
}

pub fn read<T: DeserializeOwned>(body: Value) -> T {
    serde_json::from_value(body).unwrap()
}

/// All events of a stream that came in these parts.
pub fn decode<'a>(
    kind: EngineKind,
    task: TaskKind,
    parts: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<StreamEvent> {
    let mut decoder = engine(kind).decoder(task, labels());
    let mut events = Vec::new();
    for part in parts {
        decoder.push(Bytes::copy_from_slice(part));
        events.extend(std::iter::from_fn(|| decoder.next()));
    }
    events.extend(std::iter::from_fn(|| decoder.end()));
    events
}

pub fn client() -> EngineClient {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
    });
    EngineClient::new(
        &EgressRules::engines(vec!["127.0.0.0/8".parse().unwrap()]).unwrap(),
        ConnectTimeout::default(),
    )
    .unwrap()
}

pub fn target<'a>(client: &'a EngineClient, base_url: &'a Url) -> Target<'a> {
    Target { client, base_url, credential: None, timeout: Duration::from_secs(2) }
}

pub fn url(sim: &sim::Handle) -> Url {
    sim.base_url().parse().unwrap()
}

/// A task of any kind, owned.
pub enum Parsed {
    Chat(ChatRequest),
    Completion(CompletionRequest),
    Embedding(EmbeddingRequest),
    Rerank(RerankRequest),
    Tokenize(TokenizeRequest),
    Detokenize(DetokenizeRequest),
    Classify(ClassifyRequest),
}

impl Parsed {
    pub fn read(kind: TaskKind, body: Value) -> Self {
        match kind {
            TaskKind::Chat => Self::Chat(read(body)),
            TaskKind::Completion => Self::Completion(read(body)),
            TaskKind::Embedding => Self::Embedding(read(body)),
            TaskKind::Rerank => Self::Rerank(read(body)),
            TaskKind::Tokenize => Self::Tokenize(read(body)),
            TaskKind::Detokenize => Self::Detokenize(read(body)),
            TaskKind::Classify => Self::Classify(read(body)),
        }
    }

    pub fn task(&self) -> Task<'_> {
        match self {
            Self::Chat(request) => Task::Chat(request),
            Self::Completion(request) => Task::Completion(request),
            Self::Embedding(request) => Task::Embedding(request),
            Self::Rerank(request) => Task::Rerank(request),
            Self::Tokenize(request) => Task::Tokenize(request),
            Self::Detokenize(request) => Task::Detokenize(request),
            Self::Classify(request) => Task::Classify(request),
        }
    }
}

pub fn simulated(kind: EngineKind) -> sim::Engine {
    match kind {
        EngineKind::Vllm => sim::Engine::Vllm,
        EngineKind::Sglang => sim::Engine::Sglang,
        EngineKind::Ollama => sim::Engine::Ollama,
        EngineKind::Tgi => sim::Engine::Tgi,
        EngineKind::Nim => sim::Engine::Nim,
        EngineKind::Llamacpp => sim::Engine::Llamacpp,
        EngineKind::Tei => sim::Engine::Tei,
        EngineKind::Openai => sim::Engine::Openai,
        EngineKind::Anthropic => sim::Engine::Anthropic,
    }
}
