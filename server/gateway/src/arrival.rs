//! A request's head: who claims to call, on which address, under which request id.

use std::time::Instant;

use axum::response::Response;
use chrono::{DateTime, Utc};
use http::{HeaderMap, HeaderName, HeaderValue, header, request::Parts};
use shared::RequestId;

use crate::{gateway::Core, surface::Endpoint, trace::CallTrace};

pub(crate) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
const TENANT: HeaderName = HeaderName::from_static("openai-tenant");

/// Read once; borrowed by the stages that need it.
#[derive(Debug)]
pub(crate) struct Arrival<'a> {
    parts: &'a Parts,
    subdomain: Option<String>,
    request_id: HeaderValue,
    at: DateTime<Utc>,
    started: Instant,
    trace: CallTrace,
}

impl<'a> Arrival<'a> {
    pub(crate) fn of(gateway: &Core, parts: &'a Parts) -> Self {
        let sent = parts.headers.get(&REQUEST_ID).filter(|value| acceptable(value)).cloned();
        Self {
            parts,
            subdomain: gateway.settings.public_hosts.subdomain(&parts.uri, &parts.headers),
            request_id: sent.unwrap_or_else(new_request_id),
            at: gateway.clock.now(),
            started: Instant::now(),
            trace: CallTrace::begin(&parts.headers, gateway.settings.export_traces),
        }
    }

    pub(crate) const fn headers(&self) -> &HeaderMap {
        &self.parts.headers
    }

    pub(crate) const fn request_id(&self) -> &HeaderValue {
        &self.request_id
    }

    pub(crate) const fn at(&self) -> DateTime<Utc> {
        self.at
    }

    pub(crate) const fn started(&self) -> Instant {
        self.started
    }

    pub(crate) const fn trace(&self) -> &CallTrace {
        &self.trace
    }

    /// The bearer token as it was sent; None without one.
    fn bearer(&self) -> Option<&str> {
        let sent = self.parts.headers.get(header::AUTHORIZATION)?.to_str().ok()?;
        let (scheme, token) = sent.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }

    /// The key as it was sent: the bearer token, or `x-api-key` where Anthropic's clients call.
    pub(crate) fn key(&self, endpoint: Option<Endpoint>) -> Option<&str> {
        let anthropic = endpoint.is_some_and(Endpoint::speaks_anthropic);
        let named = || self.parts.headers.get(&API_KEY)?.to_str().ok().map(str::trim);
        anthropic.then(named).flatten().or_else(|| self.bearer())
    }

    /// Whether every tenant that the address or the headers name is this one.
    pub(crate) fn agrees_with(&self, slug: &str) -> bool {
        let in_path =
            self.parts.uri.path().strip_prefix("/t/").map(|rest| rest.split('/').next().unwrap_or(rest));
        let in_header = self.parts.headers.get(&TENANT).map(|value| value.to_str().unwrap_or_default());
        let named = [in_path, self.subdomain.as_deref(), in_header];
        named.into_iter().flatten().all(|named| named == slug)
    }

    /// Puts the request id on a response.
    pub(crate) fn stamp(&self, mut response: Response) -> Response {
        response.headers_mut().insert(REQUEST_ID, self.request_id.clone());
        response
    }
}

/// A caller's own id is kept where it can't break a log line.
fn acceptable(value: &HeaderValue) -> bool {
    let bytes = value.as_bytes();
    (8..=128).contains(&bytes.len()) && bytes.iter().all(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b))
}

fn new_request_id() -> HeaderValue {
    HeaderValue::from_str(&RequestId::generate().to_string())
        .unwrap_or_else(|_| HeaderValue::from_static("req_unknown"))
}
