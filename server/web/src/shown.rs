//! A secret that is shown once.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde::Serialize;

/// What a replay of this response by its Idempotency-Key says instead: the same object without its secret.
#[derive(Debug, Clone)]
pub struct ReplayBody(pub Vec<u8>);

/// A created object with its secret, and the same object without.
#[derive(Debug)]
pub struct Shown<T, R> {
    pub with_secret: T,
    pub without: R,
}

impl<T: Serialize, R: Serialize> IntoResponse for Shown<T, R> {
    fn into_response(self) -> Response {
        let replay = serde_json::to_vec(&self.without).unwrap_or_default();
        let mut response = (StatusCode::CREATED, axum::Json(self.with_secret)).into_response();
        response
            .headers_mut()
            .insert(http::header::CACHE_CONTROL, http::HeaderValue::from_static("no-store"));
        response.extensions_mut().insert(ReplayBody(replay));
        response
    }
}
