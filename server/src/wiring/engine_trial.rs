//! One small call to an engine, past routing and metering: the operator's test of a deployment.

use std::time::{Duration, Instant};

use bytes::Bytes;
use catalog::{Trial, Tried};
use egress::{EgressError, EngineClient};
use engines::{
    EngineError, EngineErrorKind, Labels, Payload, PrepareContext, StreamEvent, Summary, Task, TaskKind,
    engine,
};
use http::StatusCode;
use http_body_util::{BodyExt, Limited};
use serde_json::{Value, json};
use shared::ErrorCode;
use shared_chat::{ChatRequest, ClassifyRequest, EmbeddingRequest, RerankRequest};
use snapshot::{ModelKind, Operation};

/// How long it may take: a model that is loaded on first use takes a while.
const TIMEOUT: Duration = Duration::from_mins(1);
const MAX_ANSWER: usize = 4 << 20;
/// Characters of the answer that are shown.
const MAX_SHOWN: usize = 200;
const MAX_TOKENS: u32 = 16;

/// A request of the model's kind.
enum Sample {
    Chat(Box<ChatRequest>),
    Embedding(EmbeddingRequest),
    Rerank(RerankRequest),
    Classify(ClassifyRequest),
}

impl Sample {
    /// Moderation by an engine that classifies nothing is a chat: so do guard models answer.
    fn of(trial: &Trial<'_>) -> serde_json::Result<Self> {
        let model = trial.upstream_model;
        let classifies = engine(trial.engine).supports(TaskKind::Classify);
        let read = |body: Value| serde_json::from_value(body).map(|chat| Self::Chat(Box::new(chat)));
        let chat = || {
            read(json!({"model": model, "stream": true, "max_tokens": MAX_TOKENS,
                "messages": [{"role": "user", "content": "Answer with one word: ready?"}]}))
        };
        match trial.kind {
            ModelKind::Embedding => Ok(Self::Embedding(EmbeddingRequest::new(model, "ready"))),
            ModelKind::Rerank => {
                let body = json!({"model": model, "query": "ready", "documents": ["yes, ready", "a train"]});
                serde_json::from_value(body).map(Self::Rerank)
            }
            ModelKind::Moderation if classifies => {
                serde_json::from_value(json!({"model": model, "input": "ready"})).map(Self::Classify)
            }
            ModelKind::Chat | ModelKind::Moderation => chat(),
        }
    }

    fn task(&self) -> Task<'_> {
        match self {
            Self::Chat(request) => Task::Chat(request),
            Self::Embedding(request) => Task::Embedding(request),
            Self::Rerank(request) => Task::Rerank(request),
            Self::Classify(request) => Task::Classify(request),
        }
    }

    const fn operation(&self) -> Operation {
        match self {
            Self::Chat(_) => Operation::ChatCompletion,
            Self::Embedding(_) => Operation::Embedding,
            Self::Rerank(_) => Operation::Rerank,
            Self::Classify(_) => Operation::Moderation,
        }
    }
}

/// What was seen of an answer so far.
#[derive(Default)]
struct Seen {
    first_token: Option<Duration>,
    prompt_tokens: Option<u32>,
    completion_tokens: Option<u32>,
    text: String,
}

/// A call that failed: the code that callers would get, and what was wrong.
type Failed = (ErrorCode, String);

pub async fn try_out(client: &EngineClient, trial: &Trial<'_>) -> Tried {
    let begun = Instant::now();
    let mut seen = Seen::default();
    let (operation, failed) = match Sample::of(trial) {
        Ok(sample) => (sample.operation(), ask(client, trial, &sample, begun, &mut seen).await.err()),
        Err(error) => (Operation::ChatCompletion, Some((ErrorCode::Internal, error.to_string()))),
    };
    let shown: String = seen.text.chars().take(MAX_SHOWN).collect();
    Tried {
        operation,
        first_token_ms: seen.first_token.map(millis),
        total_ms: millis(begun.elapsed()),
        prompt_tokens: seen.prompt_tokens,
        completion_tokens: seen.completion_tokens,
        text: (!shown.is_empty()).then_some(shown),
        error: failed,
    }
}

fn millis(time: Duration) -> u32 {
    u32::try_from(time.as_millis()).unwrap_or(u32::MAX)
}

async fn ask(
    client: &EngineClient,
    trial: &Trial<'_>,
    sample: &Sample,
    begun: Instant,
    seen: &mut Seen,
) -> Result<(), Failed> {
    let asked = send(client, trial, sample, begun, seen);
    let late = |_| (ErrorCode::TotalTimeout, format!("no whole answer within {} s", TIMEOUT.as_secs()));
    tokio::time::timeout(TIMEOUT, asked).await.map_err(late)?
}

async fn send(
    client: &EngineClient,
    trial: &Trial<'_>,
    sample: &Sample,
    begun: Instant,
    seen: &mut Seen,
) -> Result<(), Failed> {
    let (engine, task) = (engine(trial.engine), sample.task());
    let context = PrepareContext {
        upstream_model: trial.upstream_model,
        context_length: trial.context_length,
        max_output_tokens: Some(MAX_TOKENS),
        request_id: None,
    };
    let request = engine
        .prepare(task, &context)
        .map_err(|unsupported| (ErrorCode::UnsupportedField, unsupported.to_string()))?;
    let streamed = request.stream;
    let request = request
        .into_http(trial.base_url, trial.credential)
        .map_err(|error| (ErrorCode::EngineUnavailable, error.to_string()))?;
    let response = client.send(request).await.map_err(|error| unreachable(&error))?;
    let status = response.status();
    let labels = Labels::of(&task, "test".to_owned(), 0, trial.upstream_model.to_owned());
    if status == StatusCode::OK && streamed {
        let mut decoder = engine.decoder(task.kind(), labels);
        let mut body = response.into_body();
        while let Some(frame) = body.frame().await {
            let broken = |_| (ErrorCode::StreamTruncated, "the answer broke off".to_owned());
            if let Ok(bytes) = frame.map_err(broken)?.into_data() {
                decoder.push(bytes);
                while let Some(event) = decoder.next() {
                    seen.event(event, begun)?;
                }
            }
        }
        while let Some(event) = decoder.end() {
            seen.event(event, begun)?;
        }
        return seen.answered();
    }
    let body = Limited::new(response.into_body(), MAX_ANSWER).collect().await;
    let body: Bytes = body
        .map_err(|_| (ErrorCode::EngineFailed, "the answer broke off or is too long".to_owned()))?
        .to_bytes();
    if status != StatusCode::OK {
        return Err(refused(&engine.error(status, &body)));
    }
    let payload = engine.whole(task.kind(), body, &labels).map_err(|error| refused(&error))?;
    seen.payload(&payload);
    Ok(())
}

/// For operators, so in the transport's own words.
fn unreachable(error: &EgressError) -> Failed {
    let code = match error {
        EgressError::Timeout { .. } => ErrorCode::ConnectTimeout,
        _ => ErrorCode::EngineUnavailable,
    };
    (code, error.to_string())
}

fn refused(error: &EngineError) -> Failed {
    use EngineErrorKind as Kind;
    let code = match error.kind {
        Kind::ContextOverflow => ErrorCode::ContextLengthExceeded,
        Kind::BadRequest => ErrorCode::EngineBadRequest,
        Kind::RateLimited | Kind::Overloaded => ErrorCode::EngineOverloaded,
        Kind::NotFound | Kind::Unauthorized | Kind::Loading | Kind::Unreachable => {
            ErrorCode::EngineUnavailable
        }
        Kind::OutOfMemory => ErrorCode::EngineOutOfMemory,
        Kind::Internal | Kind::Malformed => ErrorCode::EngineFailed,
    };
    let status = error.status.map(|status| format!(" (status {status})")).unwrap_or_default();
    (code, format!("{error}{status}"))
}

impl Seen {
    fn event(&mut self, event: StreamEvent, begun: Instant) -> Result<(), Failed> {
        match event {
            StreamEvent::Chunk(payload) => {
                if payload.summary.begins_answer() {
                    self.first_token.get_or_insert_with(|| begun.elapsed());
                }
                self.payload(&payload);
                Ok(())
            }
            StreamEvent::Done => Ok(()),
            StreamEvent::Error(error) => Err(refused(&error)),
            StreamEvent::Malformed { bytes } => {
                Err((ErrorCode::EngineFailed, format!("a frame of {bytes} bytes cannot be read")))
            }
        }
    }

    fn payload(&mut self, payload: &Payload) {
        let Summary { usage, .. } = payload.summary;
        if let Some(usage) = usage {
            self.prompt_tokens = u32::try_from(usage.prompt).ok();
            self.completion_tokens = u32::try_from(usage.completion).ok();
        }
        let Ok(json) = serde_json::from_slice::<Value>(payload.json()) else { return };
        let said =
            ["/choices/0/delta/content", "/choices/0/delta/reasoning_content", "/choices/0/message/content"];
        if let Some(text) = said.into_iter().find_map(|place| json.pointer(place)?.as_str()) {
            self.text.push_str(text);
        }
        if let Some(vector) = json.pointer("/data/0/embedding").and_then(Value::as_array) {
            self.text = format!("a vector of {} numbers", vector.len());
        }
    }

    /// A stream that said nothing is no answer.
    fn answered(&self) -> Result<(), Failed> {
        match self.first_token {
            Some(_) => Ok(()),
            None => Err((ErrorCode::StreamTruncated, "the stream ended without an answer".to_owned())),
        }
    }
}
