//! What is sent to an engine.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request, Uri, header};
use http_body_util::Full;
use url::Url;

use crate::TaskKind;

/// What a conversion needs beside the caller's request.
#[derive(Debug, Clone, Copy)]
pub struct PrepareContext<'a> {
    /// The model's name as the engine knows it.
    pub upstream_model: &'a str,
    /// Tokens of context to run the model with, for engines that are told (Ollama's `num_ctx`). Keep it the same for
    /// a deployment: a change makes the engine load the model anew.
    pub context_length: Option<u32>,
    /// Tokens an answer may have where the caller sets no limit, for engines that must be told (Anthropic).
    pub max_output_tokens: Option<u32>,
    /// Sent as `x-request-id`.
    pub request_id: Option<&'a str>,
}

/// A field asks this engine for what it cannot do.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{param}` {reason}")]
pub struct Unsupported {
    /// The field's path, for example `messages[2].content[0]`.
    pub param: String,
    /// For the caller: what is wrong and what is accepted.
    pub reason: String,
}

impl Unsupported {
    pub(crate) fn new(param: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { param: param.into(), reason: reason.into() }
    }

    /// The engine has no route for it.
    pub(crate) fn task(task: TaskKind) -> Self {
        Self::new("model", format!("has no {}: its engine does not offer them", task.as_str()))
    }

    pub(crate) fn unknown(field: impl Into<String>) -> Self {
        Self::new(field, "is not available for this model: its engine does not know it")
    }

    pub(crate) fn token_ids(field: &str) -> Self {
        Self::new(
            field,
            "must be a string or an array of strings for this model: its engine takes no token ids",
        )
    }

    /// Of a tokenisation: the engine has no route that applies the model's template.
    pub(crate) fn messages() -> Self {
        Self::new("messages", "cannot be tokenised by this model's engine: send a prompt")
    }

    pub(crate) fn unwritable() -> Self {
        Self::new("messages", "hold a value that cannot be written as JSON")
    }
}

/// How an engine wants its credential.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Credential {
    /// `Authorization: Bearer …`
    #[default]
    Bearer,
    /// `x-api-key: …`
    ApiKey,
}

impl Credential {
    /// The header that carries it. It is marked sensitive, so that it is not shown where a request is printed.
    pub fn header(self, token: &str) -> Result<(HeaderName, HeaderValue), BadBaseUrl> {
        let (name, value) = match self {
            Self::Bearer => (header::AUTHORIZATION, HeaderValue::try_from(format!("Bearer {token}"))),
            Self::ApiKey => (HeaderName::from_static("x-api-key"), HeaderValue::try_from(token)),
        };
        let mut value = value.map_err(|_| BadBaseUrl)?;
        value.set_sensitive(true);
        Ok((name, value))
    }
}

/// A request in the engine's dialect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineRequest {
    /// Under the deployment's base URL, for example `/v1/chat/completions`.
    pub path: &'static str,
    pub body: Bytes,
    pub stream: bool,
    pub request_id: Option<HeaderValue>,
    pub credential: Credential,
    /// Headers that this kind of engine demands of every request.
    pub headers: &'static [(&'static str, &'static str)],
}

/// A deployment's base URL, or its credential, that makes no request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the deployment's base URL or credential cannot be put into a request")]
pub struct BadBaseUrl;

impl EngineRequest {
    /// A request with a bearer token and no headers of its own.
    pub(crate) fn new(path: &'static str, body: Bytes, context: &PrepareContext<'_>) -> Self {
        Self {
            path,
            body,
            stream: false,
            request_id: context.request_id.and_then(|id| HeaderValue::from_str(id).ok()),
            credential: Credential::Bearer,
            headers: &[],
        }
    }

    /// Whether its answer is a stream.
    pub(crate) fn streamed(self, stream: bool) -> Self {
        Self { stream, ..self }
    }

    /// The HTTP request, with the engine's credential where the engine wants it. More headers may be added to it.
    pub fn into_http(
        self,
        base_url: &Url,
        credential: Option<&str>,
    ) -> Result<Request<Full<Bytes>>, BadBaseUrl> {
        let accept = if self.stream { "text/event-stream, application/x-ndjson" } else { "application/json" };
        let mut request = Request::builder()
            .method(Method::POST)
            .uri(endpoint(base_url, self.path)?)
            .header(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))
            .header(header::ACCEPT, HeaderValue::from_static(accept));
        if let Some(id) = self.request_id {
            request = request.header("x-request-id", id);
        }
        for (name, value) in self.headers {
            request = request.header(*name, HeaderValue::from_static(value));
        }
        if let Some(token) = credential {
            let (name, value) = self.credential.header(token)?;
            request = request.header(name, value);
        }
        request.body(Full::new(self.body)).map_err(|_| BadBaseUrl)
    }
}

/// The URL of a path under a base URL. A base that ends in `/v1`, as people copy it, is not given a second one.
pub fn endpoint(base_url: &Url, path: &str) -> Result<Uri, BadBaseUrl> {
    let base = base_url.as_str().split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    let base = if path.starts_with("/v1/") { base.strip_suffix("/v1").unwrap_or(base) } else { base };
    Uri::try_from(format!("{base}{path}")).map_err(|_| BadBaseUrl)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(base: &str, path: &str) -> String {
        endpoint(&base.parse().unwrap(), path).unwrap().to_string()
    }

    #[test]
    fn a_base_url_may_have_a_prefix_a_slash_or_the_version() {
        assert_eq!(url("http://e:8000", "/v1/models"), "http://e:8000/v1/models");
        assert_eq!(url("http://e:8000/", "/v1/models"), "http://e:8000/v1/models");
        assert_eq!(url("https://e/llm/v1/", "/v1/models"), "https://e/llm/v1/models");
        assert_eq!(url("https://e/v1", "/health"), "https://e/v1/health");
    }

    #[test]
    fn the_credential_is_not_shown_when_a_request_is_printed() {
        let context = PrepareContext {
            upstream_model: "m",
            context_length: None,
            max_output_tokens: None,
            request_id: None,
        };
        let request = EngineRequest::new("/v1/x", Bytes::new(), &context);
        let http = request.clone().into_http(&"http://e".parse().unwrap(), Some("sk-1")).unwrap();
        assert_eq!(http.headers()[header::AUTHORIZATION], "Bearer sk-1");
        assert!(!format!("{http:?}").contains("sk-1"));
        assert_eq!(request.into_http(&"http://e".parse().unwrap(), Some("a\nb")).unwrap_err(), BadBaseUrl);
    }
}
