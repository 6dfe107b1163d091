//! Asking an engine how it is and what it serves.

use std::time::Duration;

use bytes::Bytes;
use egress::{EgressError, EngineClient};
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use serde::de::DeserializeOwned;
use snapshot::{EngineKind, EngineLoad, HealthState};
use url::Url;

use crate::{engine, ollama, openai, request};

/// Bytes of an answer that are read: metrics of a busy engine run to hundreds of kilobytes.
const BODY_LIMIT: usize = 8 << 20;

/// An engine to be asked.
#[derive(Debug, Clone, Copy)]
pub struct Target<'a> {
    pub client: &'a EngineClient,
    pub base_url: &'a Url,
    pub credential: Option<&'a str>,
    /// For each of the questions, which are asked at the same time.
    pub timeout: Duration,
}

/// How an engine is.
#[derive(Debug, Clone, PartialEq)]
pub struct Probe {
    pub state: HealthState,
    /// Why it is not healthy, for operators.
    pub reason: Option<String>,
    pub models: Vec<ServedModel>,
    pub version: Option<String>,
    /// None when it does not tell, or not in a way that is known.
    pub load: Option<EngineLoad>,
}

/// A model that an engine lists.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServedModel {
    /// The name by which the engine is asked for it.
    pub id: String,
    /// Tokens of prompt and completion together.
    pub max_context: Option<u32>,
    /// Of a LoRA: the model it stands on.
    pub parent: Option<String>,
    pub owned_by: Option<String>,
}

impl Probe {
    pub fn is_healthy(&self) -> bool {
        self.state == HealthState::Healthy
    }

    pub(crate) fn healthy(models: Vec<ServedModel>) -> Self {
        Self { state: HealthState::Healthy, reason: None, models, version: None, load: None }
    }

    pub(crate) fn not(state: HealthState, reason: impl Into<String>) -> Self {
        Self { state, reason: Some(reason.into()), models: vec![], version: None, load: None }
    }

    pub(crate) fn failed(error: &ProbeError) -> Self {
        Self::not(HealthState::Down, error.to_string())
    }
}

/// Why a question got no answer, in words for operators.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProbeError {
    #[error("it cannot be reached: {0}")]
    Egress(#[from] EgressError),
    #[error("it did not answer within {} ms", .0.as_millis())]
    Timeout(Duration),
    #[error("it answered with status {}{}", .0.as_u16(), if matches!(.0.as_u16(), 401 | 403) { ": its credential is missing or wrong" } else { "" })]
    Status(StatusCode),
    #[error("its answer broke off or is too long")]
    Body,
    #[error("its answer is not what an engine of this kind gives")]
    Shape,
    #[error("its base URL or credential cannot be put into a request")]
    BadBaseUrl,
}

impl Target<'_> {
    /// The body of an answer of status 200.
    pub(crate) async fn get(&self, path: &str) -> Result<Bytes, ProbeError> {
        self.ask(Method::GET, path, Bytes::new()).await
    }

    pub(crate) async fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, ProbeError> {
        serde_json::from_slice(&self.get(path).await?).map_err(|_| ProbeError::Shape)
    }

    pub(crate) async fn ask(&self, method: Method, path: &str, body: Bytes) -> Result<Bytes, ProbeError> {
        let uri = request::endpoint(self.base_url, path).map_err(|_| ProbeError::BadBaseUrl)?;
        let mut request = Request::builder().method(method).uri(uri);
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        if let Some(credential) = self.credential {
            let bearer = request::bearer(credential).map_err(|_| ProbeError::BadBaseUrl)?;
            request = request.header(header::AUTHORIZATION, bearer);
        }
        let request = request.body(Full::new(body)).map_err(|_| ProbeError::BadBaseUrl)?;
        let asked = async {
            let response = self.client.send(request).await?;
            if response.status() != StatusCode::OK {
                return Err(ProbeError::Status(response.status()));
            }
            let body = Limited::new(response.into_body(), BODY_LIMIT).collect().await;
            Ok(body.map_err(|_| ProbeError::Body)?.to_bytes())
        };
        tokio::time::timeout(self.timeout, asked).await.map_err(|_| ProbeError::Timeout(self.timeout))?
    }
}

/// What an engine says of a model, however it goes by its name there. None when it does not serve it.
pub async fn describe(kind: EngineKind, target: &Target<'_>, model: &str) -> Option<ServedModel> {
    let found = engine(kind).probe(target).await.models;
    let mut found = found.into_iter().find(|listed| engine(kind).same_model(&listed.id, model))?;
    if kind == EngineKind::Ollama {
        found.max_context = ollama::max_context(target, &found.id).await.or(found.max_context);
    }
    Some(found)
}

/// The kind of engine behind an address, and what it says of itself. None when nothing there speaks any that is known.
pub async fn detect(target: &Target<'_>) -> Option<(EngineKind, Probe)> {
    let (ollama, listed) = tokio::join!(ollama::answers(target), openai::models(target));
    let kind = if ollama {
        EngineKind::Ollama
    } else if listed.ok()?.iter().any(|model| model.owned_by.as_deref() == Some("vllm")) {
        EngineKind::Vllm
    } else {
        EngineKind::Openai
    };
    Some((kind, engine(kind).probe(target).await))
}
