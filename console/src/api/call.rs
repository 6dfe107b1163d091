//! Requests into the assembled `/api` router, in process, in the name of whoever sent the browser's request.
//!
//! The inner request carries the cookie, origin, host and address of the outer one, so the API checks what it would
//! check of any client. Cookies that it sets go back to the browser.

use std::net::SocketAddr;

use axum::{
    Router,
    body::{Body, Bytes},
    extract::ConnectInfo,
    http::{
        HeaderMap, HeaderName, HeaderValue, Method, Request, Response, StatusCode, header,
        request::{self, Parts},
    },
};
use chrono::{DateTime, Utc};
use leptos::prelude::{expect_context, use_context};
use leptos_axum::ResponseOptions;
use serde::{Serialize, de::DeserializeOwned};
use shared::Clock;
use shared_api::identity::Me;
use tower::ServiceExt as _;

use super::{Answer, ApiProblem};
use crate::router::Origin;

/// The assembled API, in the context of each request.
#[derive(Clone)]
pub(crate) struct Api {
    pub router: Router,
    pub clock: Clock,
}

/// Largest answer that is read whole.
const LARGEST: usize = 16 * 1024 * 1024;

/// Headers that go along as they came.
const CARRIED: [HeaderName; 6] = [
    header::COOKIE,
    header::ORIGIN,
    header::HOST,
    header::USER_AGENT,
    HeaderName::from_static("sec-fetch-site"),
    HeaderName::from_static("traceparent"),
];

pub(crate) async fn get<T: DeserializeOwned>(path: &str) -> Answer<T> {
    send(Method::GET, path, None::<&()>).await
}

pub(crate) async fn post<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    send(Method::POST, path, Some(body)).await
}

/// A POST that asks and changes nothing, for a page: who opens a page by its address sends no sign of one of ours.
pub(crate) async fn ask<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    let Api { router: api, .. } = expect_context::<Api>();
    let mut parts = expect_context::<Parts>();
    parts.headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
    read(exchange(api, &parts, Method::POST, path, Some(body)).await?).await
}

pub(crate) async fn patch<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    send(Method::PATCH, path, Some(body)).await
}

pub(crate) async fn put<T: DeserializeOwned>(path: &str, body: &impl Serialize) -> Answer<T> {
    send(Method::PUT, path, Some(body)).await
}

pub(crate) async fn delete<T: DeserializeOwned>(path: &str) -> Answer<T> {
    send(Method::DELETE, path, None::<&()>).await
}

/// Sends one request and reads its answer; an empty one reads as `()`.
async fn send<T: DeserializeOwned>(method: Method, path: &str, body: Option<&impl Serialize>) -> Answer<T> {
    let Api { router: api, .. } = expect_context::<Api>();
    let parts = expect_context::<Parts>();
    let response = exchange(api, &parts, method, path, body).await?;
    return_cookies(response.headers());
    read(response).await
}

/// Who sent a request.
pub(crate) async fn me(api: Api, parts: &Parts) -> Answer<Me> {
    read(exchange(api.router, parts, Method::GET, "/api/v1/me", None::<&()>).await?).await
}

/// An answer's value, or its problem.
pub(crate) async fn read<T: DeserializeOwned>(response: Response<Body>) -> Answer<T> {
    let status = response.status();
    let bytes = axum::body::to_bytes(response.into_body(), LARGEST).await.map_err(|error| broken(&error))?;
    if status.is_success() {
        let bytes = if bytes.is_empty() { Bytes::from_static(b"null") } else { bytes };
        serde_json::from_slice(&bytes).map_err(|error| broken(&error))
    } else {
        Err(serde_json::from_slice(&bytes).unwrap_or_else(|_| unreadable(status)))
    }
}

/// One request into `api` in the name of `parts`, its answer as it is.
pub(crate) async fn exchange(
    api: Router,
    parts: &Parts,
    method: Method,
    path: &str,
    body: Option<&impl Serialize>,
) -> Answer<Response<Body>> {
    let mut request = inner(parts, method, path);
    let body = match body {
        Some(body) => {
            request = request.header(header::CONTENT_TYPE, "application/json");
            Body::from(serde_json::to_vec(body).map_err(|error| broken(&error))?)
        }
        None => Body::empty(),
    };
    through(api, request, body).await
}

/// A request in the name of `parts`, its body to come.
pub(crate) fn inner(parts: &Parts, method: Method, path: &str) -> request::Builder {
    let mut request = Request::builder().method(method).uri(path).header(header::ACCEPT, "application/json");
    for name in CARRIED {
        for value in parts.headers.get_all(&name) {
            request = request.header(&name, value);
        }
    }
    if let Some(peer) = parts.extensions.get::<ConnectInfo<SocketAddr>>() {
        request = request.extension(*peer);
    }
    request
}

pub(crate) async fn through(api: Router, request: request::Builder, body: Body) -> Answer<Response<Body>> {
    let request = request.body(body).map_err(|error| broken(&error))?;
    api.oneshot(request).await.map_err(|error| broken(&error))
}

fn return_cookies(headers: &HeaderMap) {
    let Some(options) = use_context::<ResponseOptions>() else { return };
    for value in headers.get_all(header::SET_COOKIE) {
        options.append_header(header::SET_COOKIE, value.clone());
    }
}

fn broken(error: &dyn std::error::Error) -> ApiProblem {
    tracing::error!(%error, "a call of the console into the api failed");
    ApiProblem::new(500, "internal_error", "Something went wrong on the server. Try again.")
}

fn unreadable(status: StatusCode) -> ApiProblem {
    let words = status.canonical_reason().unwrap_or("an error");
    ApiProblem::new(status.as_u16(), "internal_error", format!("The server answered with {words}."))
}

/// Whether the request is a plain form's or a page's, not one of the browser's script.
pub(crate) fn is_plain() -> bool {
    use_context::<Parts>().is_some_and(|parts| {
        parts
            .headers
            .get(header::ACCEPT)
            .and_then(|accept| accept.to_str().ok())
            .is_some_and(|accept| accept.contains("text/html"))
    })
}

/// Where browsers reach this deployment, for links that people send to each other.
pub(crate) fn origin() -> String {
    use_context::<Origin>().map(|Origin(origin)| origin).unwrap_or_default()
}

/// How a server function returns what the API answered: see [`Answer`].
pub(crate) fn reply<T>(answer: Answer<T>) -> Result<Answer<T>, ApiProblem> {
    if is_plain() { answer.map(Ok) } else { Ok(answer) }
}

/// The present moment, by the console's clock. A render that was given up meanwhile has lost it; its answer is not read.
pub(crate) fn moment() -> DateTime<Utc> {
    use_context::<Api>().map_or_else(Clock::system, |api| api.clock).now()
}

/// The moment that relative times on a page refer to, in Unix seconds.
pub(crate) fn now() -> i64 {
    moment().timestamp()
}

/// A list's address with its page: `after` is the cursor, may be empty.
pub(crate) fn page_of(path: &str, limit: u32, after: &str) -> String {
    ui::query_href(path, [("limit", limit.to_string().as_str()), ("after", after)])
}

/// One segment of a path from outside: percent-encoded but for unreserved characters (RFC 3986).
pub(crate) fn segment(text: &str) -> String {
    let encode = |byte: u8| match byte {
        b'-' | b'_' | b'~' => char::from(byte).to_string(),
        _ if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(encode).collect()
}
