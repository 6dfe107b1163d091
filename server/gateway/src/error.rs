//! An error on its way to a caller of `/v1`: OpenAI's error object, from the one table of codes.

use std::time::Duration;

use axum::{
    Json,
    body::Body,
    response::{IntoResponse, Response},
};
use dialects::messages;
use http::{HeaderValue, StatusCode, header};
use shared::ErrorCode;
use shared_chat::{ErrorBody, ErrorObject};

use crate::surface::Endpoint;

/// What a caller is told. Its message is for the caller: no address, no other tenant, no engine's stack trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{}: {message}", code.code())]
pub struct CallError {
    pub code: ErrorCode,
    pub message: String,
    /// The field of the request at fault.
    pub param: Option<String>,
    /// When another try makes sense.
    pub retry_after: Option<Duration>,
}

impl CallError {
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), param: None, retry_after: None }
    }

    /// A field of the request, and what is wrong with it and accepted instead.
    pub fn field(code: ErrorCode, param: impl Into<String>, message: impl Into<String>) -> Self {
        Self { param: Some(param.into()), ..Self::new(code, message) }
    }

    pub fn retry_after(mut self, after: Duration) -> Self {
        self.retry_after = Some(after);
        self
    }

    /// The one answer to a key that opens nothing here, whatever the reason: it must tell nobody which.
    pub fn invalid_key() -> Self {
        Self::new(
            ErrorCode::InvalidApiKey,
            "The API key is not valid for this endpoint. Check that it was copied whole, has not been revoked and \
             has not expired, and that it belongs to this endpoint's tenant; keys are made in the console under Keys.",
        )
    }

    /// The same answer for a model that does not exist and for one that the caller may not use.
    pub fn model_not_found(model: &str) -> Self {
        let shown: String = model.chars().take(128).collect();
        Self::field(
            ErrorCode::ModelNotFound,
            "model",
            format!(
                "The model `{shown}` does not exist or this key may not use it. GET /v1/models lists those it may."
            ),
        )
    }

    /// The error with the field at fault by the name that it has at an endpoint.
    pub(crate) fn at(mut self, endpoint: Endpoint) -> Self {
        let Some(param) = &self.param else { return self };
        let own = if self.code == ErrorCode::ContextLengthExceeded {
            endpoint.prompt_field()
        } else {
            endpoint.field(param)
        };
        if own != param {
            self.message = self.message.replace(&format!("`{param}`"), &format!("`{own}`"));
            self.param = Some(own.to_owned());
        }
        self
    }

    pub fn object(&self) -> ErrorObject {
        ErrorObject {
            message: self.message.clone(),
            kind: self.code.openai_type().to_owned(),
            param: self.param.clone(),
            code: Some(self.code.code().to_owned()),
        }
    }

    pub fn body(&self) -> ErrorBody {
        ErrorBody { error: self.object() }
    }
}

impl CallError {
    /// The error as a response, in the dialect of its endpoint.
    pub(crate) fn respond(self, endpoint: Option<Endpoint>, request_id: Option<&HeaderValue>) -> Response {
        let code = self.code.status();
        if endpoint.is_some_and(Endpoint::speaks_anthropic) {
            let object = ErrorObject { message: self.named(), ..self.object() };
            let id = request_id.and_then(|id| id.to_str().ok());
            let mut response = Response::new(Body::from(messages::error_body(code, &object, id)));
            let json = HeaderValue::from_static("application/json");
            response.headers_mut().insert(header::CONTENT_TYPE, json);
            return self.dress(response, messages::status(code, &object));
        }
        let response = Json(self.body()).into_response();
        self.dress(response, code)
    }

    /// The message with the field at fault in it, for a dialect that has no other place for it.
    fn named(&self) -> String {
        match &self.param {
            Some(param) if !self.message.contains(param.as_str()) => format!("{param}: {}", self.message),
            _ => self.message.clone(),
        }
    }

    fn dress(&self, mut response: Response, status: u16) -> Response {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        *response.status_mut() = status;
        let headers = response.headers_mut();
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        // Always there on 429 and 503; whole seconds, at least one.
        let default = matches!(self.code.status(), 429 | 503).then_some(Duration::from_secs(1));
        if let Some(after) = self.retry_after.or(default) {
            let seconds = after.as_millis().div_ceil(1000).clamp(1, 3600) as u64;
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl IntoResponse for CallError {
    fn into_response(self) -> Response {
        self.respond(None, None)
    }
}
