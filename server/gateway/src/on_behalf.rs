//! Calls made inside the process, for a key whose owner is known otherwise: batches, the console's playground.

use axum::{body::Body, response::Response};
use bytes::Bytes;
use http::{HeaderMap, HeaderValue, Method, Request, header, request::Parts};
use shared::{ApiKeyId, ErrorCode, ProjectId, TenantId, UsageEventId};

use crate::{
    admit::{Admitted, Caller},
    arrival::Arrival,
    call::Call,
    decisions::NotedDecision,
    error::CallError,
    gateway::Shared,
    http::Shown,
    plan::{decide, print_of},
    priority::Priority,
    surface::Endpoint,
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
        let endpoint = Endpoint::of_path(&call.path);
        let Some(parts) = head(&call) else { return nowhere(&call.path).respond(endpoint, None) };
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

    /// What would be decided of a call now. Nothing is sent, counted or recorded; an arm that is drawn anew for each
    /// call may be another one next time.
    pub async fn explain(&self, call: InsideCall) -> Result<NotedDecision, CallError> {
        let elsewhere = || nowhere(&call.path);
        let endpoint = Endpoint::of_path(&call.path).ok_or_else(elsewhere)?;
        let parts = head(&call).ok_or_else(elsewhere)?;
        let core = &self.core;
        let arrival = Arrival::of(core, &parts);
        let caller = Caller::on_behalf(core, call.key, call.priority, arrival.at())?;
        let of = Call { gateway: core, arrival: &arrival, caller: &caller, endpoint, work: None };
        let decided = async {
            let parsed = of.parse(&call.body).await?;
            let admitted = Admitted::admit(core, &caller, arrival.headers(), parsed);
            let admitted = admitted.map_err(|refused| refused.1)?;
            let (admitted, demand) = admitted.demand(core).await?;
            let print = print_of(&admitted);
            let (targets, decision) = decide(core, &admitted, demand, &print, arrival.at(), rand::random());
            Ok(NotedDecision::of(&admitted, &targets, decision, arrival.at()))
        };
        decided.await.map_err(|error: CallError| error.at(endpoint))
    }

    /// A tenant's key, if it is that tenant's; None wanted: any of its keys.
    pub fn key_of(&self, tenant: TenantId, wanted: Option<ApiKeyId>) -> Option<ApiKeyId> {
        let snapshot = self.core.configuration.load();
        let entry = match wanted {
            Some(key) => snapshot.key(key).filter(|entry| entry.key.tenant_id == tenant),
            None => snapshot.key_of(tenant),
        };
        entry.map(|entry| entry.key.id)
    }

    /// Whose key a request on `/v1` carries, checked as for a model call.
    pub fn identify(&self, parts: &Parts) -> Result<ApiCaller, CallError> {
        let arrival = Arrival::of(&self.core, parts);
        let caller = Caller::identify(&self.core, &arrival, None)?;
        let entry = caller.entry();
        Ok(ApiCaller { tenant: entry.tenant.tenant.id, project: entry.project.id, key: entry.key.id })
    }
}

fn head(call: &InsideCall) -> Option<Parts> {
    let mut head = Request::builder().method(Method::POST).uri(call.path.as_str());
    if let Some(headers) = head.headers_mut() {
        headers.clone_from(&call.headers);
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    }
    head.body(()).ok().map(|request| request.into_parts().0)
}

fn nowhere(path: &str) -> CallError {
    let shown: String = path.chars().take(200).collect();
    let known: Vec<_> = Endpoint::ALL.iter().map(|endpoint| format!("/v1{}", endpoint.path())).collect();
    CallError::new(
        ErrorCode::NotFound,
        format!("No model is called at `{shown}`: accepted are {}.", known.join(", ")),
    )
}
