//! Extractors whose refusals name the field.

use axum::{
    body::Bytes,
    extract::{FromRequest, FromRequestParts, Request},
    response::{IntoResponse, Response},
};
use http::{header, request::Parts};
use serde::{Serialize, de::DeserializeOwned};
use shared::ErrorCode;

use crate::Problem;

/// A JSON body in, a JSON body out.
#[derive(Debug, Clone, Copy)]
pub struct Json<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequest<S> for Json<T> {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &S) -> Result<Self, Problem> {
        let content_type =
            request.headers().get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or("");
        if !content_type
            .split(';')
            .next()
            .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/json"))
        {
            let detail = "Send the body as JSON with `Content-Type: application/json`.";
            return Err(Problem::new(ErrorCode::UnsupportedMediaType, detail));
        }
        let body = Bytes::from_request(request, state).await.map_err(|_| {
            Problem::new(
                ErrorCode::BodyTooLarge,
                "The body is larger than this endpoint accepts, or it broke off.",
            )
        })?;
        let mut deserializer = serde_json::Deserializer::from_slice(&body);
        let value = serde_path_to_error::deserialize(&mut deserializer).map_err(|error| refusal(&error))?;
        deserializer.end().map_err(|error| Problem::new(ErrorCode::InvalidJson, error.to_string()))?;
        Ok(Self(value))
    }
}

fn refusal(error: &serde_path_to_error::Error<serde_json::Error>) -> Problem {
    let inner = error.inner();
    let path = error.path().to_string();
    match inner.classify() {
        serde_json::error::Category::Data if path != "." => Problem::field(path, without_position(inner)),
        serde_json::error::Category::Data => Problem::new(ErrorCode::InvalidValue, without_position(inner)),
        _ => Problem::new(ErrorCode::InvalidJson, inner.to_string()),
    }
}

/// serde_json's message without its ` at line 1 column 7`: the field says it better.
fn without_position(error: &serde_json::Error) -> String {
    let text = error.to_string();
    text.rfind(" at line ").map_or(text.clone(), |end| text[..end].to_owned())
}

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        axum::Json(self.0).into_response()
    }
}

/// The query string. Types are to refuse unknown fields.
#[derive(Debug, Clone, Copy)]
pub struct Query<T>(pub T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let pairs = url::form_urlencoded::parse(parts.uri.query().unwrap_or_default().as_bytes());
        serde_path_to_error::deserialize(serde_urlencoded::Deserializer::new(pairs)).map(Self).map_err(
            |error| {
                let field = match error.path().to_string() {
                    path if path == "." => "query".to_owned(),
                    path => path,
                };
                Problem::field(field, error.inner().to_string())
            },
        )
    }
}

/// Parameters of the path. One that does not parse names nothing that exists.
#[derive(Debug, Clone, Copy)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned + Send, S: Send + Sync> FromRequestParts<S> for Path<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        axum::extract::Path::from_request_parts(parts, state)
            .await
            .map(|axum::extract::Path(value)| Self(value))
            .map_err(|_| Problem::not_found("object"))
    }
}
