//! Problem details (RFC 9457): `application/problem+json` with `type`, `title`, `status`, `detail`, `code`, `errors`.

use axum::response::{IntoResponse, Response};
use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use shared::ErrorCode;

/// What is wrong with one field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct FieldProblem {
    /// Dotted path, for example `allowed_models[2]`.
    pub field: String,
    /// What was wrong and what is accepted.
    pub message: String,
}

/// The body of every error on `/api`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct ProblemBody {
    /// `urn:switchyard:problem:` and the code.
    #[serde(rename = "type")]
    pub kind: String,
    /// The same for every occurrence of the code.
    pub title: String,
    pub status: u16,
    /// What happened here, and what to do.
    pub detail: String,
    /// Stable, for programs.
    pub code: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<FieldProblem>,
}

/// An error on its way to a caller of `/api`.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{}: {detail}", code.code())]
pub struct Problem {
    code: ErrorCode,
    detail: String,
    errors: Vec<FieldProblem>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub fn new(code: ErrorCode, detail: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), errors: Vec::new(), headers: Vec::new() }
    }

    /// A value that is not acceptable, in a named field.
    pub fn field(field: impl Into<String>, message: impl Into<String>) -> Self {
        let (field, message) = (field.into(), message.into());
        let mut problem = Self::new(ErrorCode::InvalidValue, format!("`{field}`: {message}"));
        problem.errors.push(FieldProblem { field, message });
        problem
    }

    /// Not there, or not the caller's: the two look the same.
    pub fn not_found(what: &str) -> Self {
        Self::new(ErrorCode::NotFound, format!("There is no such {what}, or it is not yours to see."))
    }

    /// Logs what failed and answers without it.
    pub fn internal(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::error!(error = %chain(error), "request failed");
        Self::new(
            ErrorCode::Internal,
            "The failure was logged under this response's x-request-id. Trying again may help.",
        )
    }

    /// A store that cannot be reached now: worth another try.
    pub fn unavailable(error: &(dyn std::error::Error + 'static)) -> Self {
        tracing::warn!(error = %chain(error), "store not reachable");
        Self::new(ErrorCode::Unavailable, "The database cannot be reached now. Try again in a few seconds.")
            .header(header::RETRY_AFTER, HeaderValue::from_static("2"))
    }

    #[must_use]
    pub fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    pub const fn code(&self) -> ErrorCode {
        self.code
    }

    pub fn body(&self) -> ProblemBody {
        ProblemBody {
            kind: format!("urn:switchyard:problem:{}", self.code.code()),
            title: self.code.title().to_owned(),
            status: self.code.status(),
            detail: self.detail.clone(),
            code: self.code.code().to_owned(),
            errors: self.errors.clone(),
        }
    }
}

/// An error and its sources in one line, for the log.
fn chain(error: &(dyn std::error::Error + 'static)) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, axum::Json(self.body())).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.extend(self.headers);
        response
    }
}
