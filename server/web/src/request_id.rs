//! Every response carries `x-request-id`: the caller's own where it sent a sane one, else ours.

use axum::{extract::Request, middleware::Next, response::Response};
use http::{HeaderName, HeaderValue};
use shared::RequestId;
use tracing::Instrument;

pub const HEADER: HeaderName = HeaderName::from_static("x-request-id");

/// The id of the request at hand, in its extensions.
#[derive(Debug, Clone)]
pub struct CurrentRequestId(pub HeaderValue);

impl CurrentRequestId {
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

fn acceptable(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (8..=128).contains(&bytes.len()) && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b))
}

/// Middleware: takes or makes the id, puts it on the span and on the response.
pub async fn layer(mut request: Request, next: Next) -> Response {
    let sent = request.headers().get(&HEADER).filter(|value| acceptable(value)).cloned();
    let id = sent
        .or_else(|| HeaderValue::from_str(&RequestId::generate().to_string()).ok())
        .unwrap_or_else(|| HeaderValue::from_static("req_unknown"));
    request.extensions_mut().insert(CurrentRequestId(id.clone()));
    request.headers_mut().insert(HEADER, id.clone());
    let span = tracing::info_span!(
        "http", request_id = id.to_str().unwrap_or_default(), method = %request.method(), path = request.uri().path()
    );
    let mut response = next.run(request).instrument(span).await;
    response.headers_mut().insert(HEADER, id);
    response
}
