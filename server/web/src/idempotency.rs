//! `Idempotency-Key` on every POST: the same key and the same request give the same answer, without doing it twice.
//!
//! A key belongs to who sent it (the credential, hashed). While the first request runs, a second waits for nothing: it
//! gets 409. Answers of 5xx are not kept, so that a retry can succeed. Nor are streams of events, which are passed on as
//! they come: they last as long as somebody listens, and cannot be given twice. A kept answer never holds a secret
//! (see [`crate::Shown`]).

use std::sync::Arc;

use axum::{
    body::{Body, Bytes},
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use http::{HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::BodyExt;
use sha2::{Digest, Sha256};
use shared::ErrorCode;

use crate::{Problem, ReplayBody};

pub const HEADER: HeaderName = HeaderName::from_static("idempotency-key");
/// Says that an answer is a replay.
pub const REPLAYED: HeaderName = HeaderName::from_static("idempotent-replayed");
const MAX_BODY: usize = 1 << 20;

/// A kept answer.
#[derive(Debug, Clone)]
pub struct Kept {
    pub status: u16,
    pub content_type: String,
    pub body: Vec<u8>,
}

/// What a store says of a key.
#[derive(Debug)]
pub enum Claim {
    /// Nobody used it: go on, then complete or release it.
    New,
    /// The same request was answered so.
    Answered(Kept),
    /// The same request is being worked on.
    Running,
    /// The key was used for another request.
    Mismatch,
}

/// Where keys are kept.
#[async_trait::async_trait]
pub trait Store: Send + Sync + 'static {
    async fn claim(&self, principal: &str, key: &str, request_hash: &[u8]) -> Result<Claim, Problem>;
    async fn complete(&self, principal: &str, key: &str, kept: Kept) -> Result<(), Problem>;
    async fn release(&self, principal: &str, key: &str) -> Result<(), Problem>;
}

/// Middleware over a [`Store`].
pub async fn layer(State(store): State<Arc<dyn Store>>, request: Request, next: Next) -> Response {
    let Some(key) = request.headers().get(&HEADER).cloned() else { return next.run(request).await };
    if request.method() != Method::POST {
        return next.run(request).await;
    }
    once(&*store, key, request, next).await.unwrap_or_else(IntoResponse::into_response)
}

async fn once(
    store: &dyn Store,
    key: HeaderValue,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let key = key
        .to_str()
        .ok()
        .filter(|text| (1..=255).contains(&text.len()))
        .ok_or_else(|| Problem::field("Idempotency-Key", "expected 1 to 255 printable ASCII characters"))?
        .to_owned();
    let principal = principal(&request);
    let (request, hash) = hashed(request).await?;
    match store.claim(&principal, &key, &hash).await? {
        Claim::New => {}
        Claim::Answered(kept) => return Ok(replay(kept)),
        Claim::Running => {
            let detail = "A request with this Idempotency-Key is still being worked on. Try again shortly.";
            return Err(Problem::new(ErrorCode::Conflict, detail));
        }
        Claim::Mismatch => {
            let detail =
                "This Idempotency-Key was used for another request. Use a new key for a new request.";
            return Err(Problem::new(ErrorCode::IdempotencyMismatch, detail));
        }
    }
    let response = next.run(request).await;
    if response.status().is_server_error() || is_stream(&response) {
        store.release(&principal, &key).await?;
        return Ok(response);
    }
    let (response, kept) = copy(response).await?;
    store.complete(&principal, &key, kept).await?;
    Ok(response)
}

fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
}

/// Who sent it: the hash of the credential, so that two callers never share a key.
fn principal(request: &Request) -> String {
    let mut hash = Sha256::new();
    for name in [header::AUTHORIZATION, header::COOKIE] {
        if let Some(value) = request.headers().get(&name) {
            hash.update(name.as_str());
            hash.update(value.as_bytes());
        }
    }
    hex::encode(hash.finalize())
}

async fn hashed(request: Request) -> Result<(Request, Vec<u8>), Problem> {
    let (parts, body) = request.into_parts();
    let bytes = axum::body::to_bytes(body, MAX_BODY).await.map_err(|_| {
        Problem::new(ErrorCode::BodyTooLarge, "The body is larger than 1 MiB, or it broke off.")
    })?;
    let mut hash = Sha256::new();
    hash.update(parts.uri.path());
    hash.update([0]);
    hash.update(&bytes);
    Ok((Request::from_parts(parts, Body::from(bytes)), hash.finalize().to_vec()))
}

async fn copy(response: Response) -> Result<(Response, Kept), Problem> {
    let (parts, body) = response.into_parts();
    let bytes: Bytes = body.collect().await.map_err(|error| Problem::internal(&error))?.to_bytes();
    let content_type =
        parts.headers.get(header::CONTENT_TYPE).and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
    let kept_body =
        parts.extensions.get::<ReplayBody>().map_or_else(|| bytes.to_vec(), |replay| replay.0.clone());
    let kept = Kept { status: parts.status.as_u16(), content_type, body: kept_body };
    Ok((Response::from_parts(parts, Body::from(bytes)), kept))
}

fn replay(kept: Kept) -> Response {
    let status = StatusCode::from_u16(kept.status).unwrap_or(StatusCode::OK);
    let mut response = (status, kept.body).into_response();
    if let Ok(value) = HeaderValue::from_str(&kept.content_type) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response.headers_mut().insert(REPLAYED, HeaderValue::from_static("true"));
    response
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use axum::{Router, middleware::from_fn_with_state, routing::post};
    use tower::ServiceExt;

    use super::*;

    /// What happened to the one key, in order.
    #[derive(Default)]
    struct Seen(Mutex<Vec<&'static str>>);

    #[async_trait::async_trait]
    impl Store for Seen {
        async fn claim(&self, _: &str, _: &str, _: &[u8]) -> Result<Claim, Problem> {
            self.0.lock().unwrap().push("claimed");
            Ok(Claim::New)
        }
        async fn complete(&self, _: &str, _: &str, _: Kept) -> Result<(), Problem> {
            self.0.lock().unwrap().push("completed");
            Ok(())
        }
        async fn release(&self, _: &str, _: &str) -> Result<(), Problem> {
            self.0.lock().unwrap().push("released");
            Ok(())
        }
    }

    async fn answered(kind: &'static str) -> (Response, Vec<&'static str>) {
        let seen = Arc::new(Seen::default());
        let store: Arc<dyn Store> = seen.clone();
        let answer = move || async move {
            let mut response = Response::new(Body::from("data: 1\n\n"));
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
            response
        };
        let router = Router::new().route("/", post(answer)).layer(from_fn_with_state(store, layer));
        let request = Request::post("/").header(HEADER, "a").body(Body::empty()).unwrap();
        let response = router.oneshot(request).await.unwrap();
        let seen = seen.0.lock().unwrap().clone();
        (response, seen)
    }

    #[tokio::test]
    async fn an_answer_is_kept_and_a_stream_is_passed_on() {
        assert_eq!(answered("application/json").await.1, ["claimed", "completed"]);
        let (response, seen) = answered("text/event-stream; charset=utf-8").await;
        assert_eq!(seen, ["claimed", "released"]);
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        assert_eq!(&bytes[..], b"data: 1\n\n");
    }
}
