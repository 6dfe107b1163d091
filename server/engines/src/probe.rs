//! Asking an engine how it is and what it serves.

use std::time::Duration;

use bytes::Bytes;
use egress::{EgressError, EngineClient};
use http::{HeaderValue, Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full, Limited};
use serde::de::DeserializeOwned;
use serde_json::Value;
use snapshot::{EngineLoad, HealthState};
use url::Url;

use crate::{Credential, TaskKind, request};

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
    /// It has metrics, but none under the names that are known: whoever routes by load is blind.
    pub load_blind: bool,
    /// Whether it serves LoRAs that are loaded while it runs. None when it does not tell.
    pub lora: Option<bool>,
    /// LoRAs that it works with now, or is about to: they are in the GPU's memory. None when it does not tell.
    pub loras_at_work: Option<Vec<String>>,
}

/// A model that an engine lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ServedModel {
    /// The name by which the engine is asked for it.
    pub id: String,
    /// Tokens of prompt and completion together.
    pub max_context: Option<u32>,
    /// Of a LoRA: the model it stands on.
    pub parent: Option<String>,
    pub owned_by: Option<String>,
    /// What it is for. None when the engine does not tell.
    pub tasks: Option<Vec<TaskKind>>,
    /// Tokens that one answer may have, where the engine limits them.
    pub max_output: Option<u32>,
    /// By the catalog's names, as far as the engine tells: `tools`, `vision`, `reasoning`.
    pub capabilities: Vec<&'static str>,
}

impl ServedModel {
    pub(crate) fn named(id: impl Into<String>) -> Self {
        Self { id: id.into(), ..Self::default() }
    }
}

impl Probe {
    pub fn is_healthy(&self) -> bool {
        self.state == HealthState::Healthy
    }

    fn bare(state: HealthState) -> Self {
        Self {
            state,
            reason: None,
            models: Vec::new(),
            version: None,
            load: None,
            load_blind: false,
            lora: None,
            loras_at_work: None,
        }
    }

    pub(crate) fn healthy(models: Vec<ServedModel>) -> Self {
        Self { models, ..Self::bare(HealthState::Healthy) }
    }

    /// Healthy, if it lists its models.
    pub(crate) fn listing(models: Result<Vec<ServedModel>, ProbeError>) -> Self {
        match models {
            Ok(models) => Self::healthy(models),
            Err(error) => Self::not(HealthState::NotReady, format!("its models cannot be listed: {error}")),
        }
    }

    pub(crate) fn not(state: HealthState, reason: impl Into<String>) -> Self {
        Self { reason: Some(reason.into()), ..Self::bare(state) }
    }

    /// It answers, and is not to be used yet.
    pub(crate) fn loading() -> Self {
        Self::not(HealthState::NotReady, "it is loading its model")
    }

    /// What its metrics came to. Metrics of the engine's own family without the names that are known make it blind;
    /// without any of the family it has only not served a call yet.
    pub(crate) fn with_load(self, family: &str, text: &str, load: Option<EngineLoad>) -> Self {
        let speaks =
            text.lines().any(|line| !line.starts_with('#') && line.starts_with(family) && line.contains(' '));
        Self { load, load_blind: load.is_none() && speaks, ..self }
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
        self.ask(Method::GET, path, Bytes::new(), Credential::Bearer, &[]).await
    }

    pub(crate) async fn text(&self, path: &str) -> Result<String, ProbeError> {
        String::from_utf8(self.get(path).await?.into()).map_err(|_| ProbeError::Shape)
    }

    pub(crate) async fn json<T: DeserializeOwned>(&self, path: &str) -> Result<T, ProbeError> {
        serde_json::from_slice(&self.get(path).await?).map_err(|_| ProbeError::Shape)
    }

    pub(crate) async fn post<T: DeserializeOwned>(&self, path: &str, body: &Value) -> Result<T, ProbeError> {
        let answer = self.ask(Method::POST, path, body.to_string().into(), Credential::Bearer, &[]).await?;
        serde_json::from_slice(&answer).map_err(|_| ProbeError::Shape)
    }

    /// The body of an answer of status 200, whatever is asked and however.
    pub(crate) async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Bytes,
        credential: Credential,
        headers: &[(&'static str, &'static str)],
    ) -> Result<Bytes, ProbeError> {
        let uri = request::endpoint(self.base_url, path).map_err(|_| ProbeError::BadBaseUrl)?;
        let mut request = Request::builder().method(method).uri(uri);
        if !body.is_empty() {
            request = request.header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        for (name, value) in headers {
            request = request.header(*name, HeaderValue::from_static(value));
        }
        if let Some(token) = self.credential {
            let (name, value) = credential.header(token).map_err(|_| ProbeError::BadBaseUrl)?;
            request = request.header(name, value);
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
