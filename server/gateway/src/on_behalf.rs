//! Calls made inside the process, for a key whose owner is known otherwise: batches, the console's playground.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header, request::Parts};
use shared::{ApiKeyId, ErrorCode, ProjectId, TenantId, UsageEventId};

use crate::{
    admit::Caller, arrival::Arrival, call::Call, error::CallError, gateway::Shared, http::Shown,
    priority::Priority, surface::Endpoint,
};

/// One call to make.
#[derive(Debug, Clone)]
pub struct InsideCall {
    /// In whose name; it must be good now, as for a call from outside.
    pub key: ApiKeyId,
    /// For example `/v1/chat/completions`.
    pub path: String,
    /// The body as a caller would send it, in JSON.
    pub body: Bytes,
    pub priority: Priority,
    /// Id of the work that the call does, where that may be done again: its event goes by it if it completes, so that
    /// work done twice counts once. What was cut off is recorded under an id of its own.
    pub work: Option<UsageEventId>,
    /// Carried along: `x-request-id`, `traceparent`. A tenant named here must be the key's.
    pub headers: HeaderMap,
}

/// Whose key came with a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ApiCaller {
    pub tenant: TenantId,
    pub project: ProjectId,
    pub key: ApiKeyId,
}

/// Makes calls through the very stages that calls from outside take, metering included.
#[derive(Debug, Clone)]
pub struct OnBehalf {
    core: Shared,
}

impl OnBehalf {
    pub(crate) const fn of(core: Shared) -> Self {
        Self { core }
    }

    /// The answer as a caller from outside would get it, errors too. Drop the future, or the body, to cancel.
    pub async fn call(&self, call: InsideCall) -> Response {
        let mut head = Request::builder().method(Method::POST).uri(call.path.as_str());
        if let Some(headers) = head.headers_mut() {
            *headers = call.headers;
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        }
        let endpoint = Endpoint::of_path(&call.path);
        let Ok((parts, ())) = head.body(()).map(Request::into_parts) else {
            return nowhere(&call.path).respond(endpoint, None);
        };
        let arrival = Arrival::of(&self.core, &parts);
        let mut shown = Shown::default();
        let answered = async {
            let endpoint = endpoint.ok_or_else(|| nowhere(&call.path))?;
            let caller = Caller::on_behalf(&self.core, call.key, call.priority, arrival.at())?;
            let of =
                Call { gateway: &self.core, arrival: &arrival, caller: &caller, endpoint, work: call.work };
            of.answer(&mut Body::from(call.body), &mut shown).await
        };
        let answered = answered.await;
        let mut response =
            answered.unwrap_or_else(|error| error.respond(endpoint, Some(arrival.request_id())));
        shown.apply(response.headers_mut());
        arrival.stamp(response)
    }

    /// Whose key a request on `/v1` carries, checked as for a model call.
    pub fn identify(&self, parts: &Parts) -> Result<ApiCaller, CallError> {
        let arrival = Arrival::of(&self.core, parts);
        let caller = Caller::identify(&self.core, &arrival, None)?;
        let entry = caller.entry();
        Ok(ApiCaller { tenant: entry.tenant.tenant.id, project: entry.project.id, key: entry.key.id })
    }
}

fn nowhere(path: &str) -> CallError {
    let shown: String = path.chars().take(200).collect();
    let known: Vec<_> = Endpoint::ALL.iter().map(|endpoint| format!("/v1{}", endpoint.path())).collect();
    CallError::new(
        ErrorCode::NotFound,
        format!("No model is called at `{shown}`: accepted are {}.", known.join(", ")),
    )
}
