//! Every endpoint of `/api/v1`: what it needs, and a body that it takes.

use http::Method;
use serde_json::{Value, json};
use shared::{Action, Resource};
use utoipa::openapi::{OpenApi, path::HttpMethod};

use crate::world::Actor;

/// What an endpoint asks of its caller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Leave inside the tenant of the path.
    InTenant(Action, Resource),
    /// Leave on the whole deployment.
    OnPlatform(Action, Resource),
    /// To be signed in: it concerns the caller alone.
    Own,
    /// Nothing: for people who are not signed in yet.
    Nothing,
}

#[derive(Debug, Clone)]
pub struct Endpoint {
    pub method: Method,
    pub path: String,
    pub needs: Needs,
    pub body: Option<Value>,
    /// Who can show that it works, where it cannot be everybody who may.
    pub only_by: Option<Actor>,
}

pub fn documented(document: &OpenApi) -> Vec<(Method, String)> {
    let mut found = Vec::new();
    for (path, item) in &document.paths.paths {
        for method in
            [HttpMethod::Get, HttpMethod::Post, HttpMethod::Put, HttpMethod::Patch, HttpMethod::Delete]
        {
            let (name, operation) = match method {
                HttpMethod::Get => (Method::GET, &item.get),
                HttpMethod::Post => (Method::POST, &item.post),
                HttpMethod::Put => (Method::PUT, &item.put),
                HttpMethod::Patch => (Method::PATCH, &item.patch),
                _ => (Method::DELETE, &item.delete),
            };
            if operation.is_some() {
                found.push((name, path.clone()));
            }
        }
    }
    found
}

fn endpoint(method: Method, path: &str, needs: Needs, body: Option<Value>) -> Endpoint {
    Endpoint { method, path: format!("/api/v1{path}"), needs, body, only_by: None }
}

/// In an order in which each can be done after those before; what ends things comes last.
pub fn all() -> Vec<Endpoint> {
    let mut all = identity();
    all.extend(catalog());
    all.extend(routes());
    all.extend(files_and_batches());
    all.extend(inside_a_tenant());
    all.extend(engines_and_playground());
    all.extend(usage());
    all.extend(endings());
    all
}

fn identity() -> Vec<Endpoint> {
    use {Action::*, Needs::*, Resource::*};
    let person = json!({"email": "new@ops.example", "name": "New", "password": "correct horse battery 9"});
    vec![
        endpoint(Method::POST, "/sessions", Nothing, None),
        endpoint(Method::POST, "/setup", Nothing, None),
        endpoint(Method::POST, "/invitations/preview", Nothing, None),
        endpoint(Method::POST, "/invitations/accept", Nothing, None),
        endpoint(Method::GET, "/me", Own, None),
        endpoint(Method::PATCH, "/me", Own, Some(json!({"name": "Renamed"}))),
        endpoint(Method::GET, "/me/sessions", Own, None),
        endpoint(Method::GET, "/me/tokens", Own, None),
        endpoint(Method::POST, "/me/tokens", Own, Some(json!({"name": "another"}))),
        endpoint(Method::GET, "/operators", OnPlatform(Read, Operator), None),
        endpoint(Method::POST, "/operators", OnPlatform(Create, Operator), Some(person)),
        endpoint(
            Method::PATCH,
            "/operators/{operator_id}",
            OnPlatform(Update, Operator),
            Some(json!({"disabled": true})),
        ),
        endpoint(Method::GET, "/audit", OnPlatform(Read, OperatorAudit), None),
        endpoint(Method::GET, "/mail", OnPlatform(Read, Mail), None),
    ]
}

fn catalog() -> Vec<Endpoint> {
    use {Action::*, Needs::*, Resource::*};
    let rates = json!({"currency": "USD", "prompt": "0.0000001", "completion": "0.0000002"});
    vec![
        endpoint(Method::GET, "/models", OnPlatform(Read, Model), None),
        endpoint(
            Method::POST,
            "/models",
            OnPlatform(Create, Model),
            Some(json!({"name": "new-model", "context_length": 4096})),
        ),
        endpoint(Method::GET, "/models/{model_id}", OnPlatform(Read, Model), None),
        endpoint(
            Method::PATCH,
            "/models/{model_id}",
            OnPlatform(Update, Model),
            Some(json!({"description": "Better"})),
        ),
        endpoint(Method::GET, "/pools", OnPlatform(Read, Pool), None),
        endpoint(Method::POST, "/pools", OnPlatform(Create, Pool), Some(json!({"name": "new pool"}))),
        endpoint(Method::GET, "/deployments", OnPlatform(Read, Deployment), None),
        endpoint(
            Method::POST,
            "/deployments",
            OnPlatform(Create, Deployment),
            Some(json!({"name": "new", "engine": "vllm", "base_url": "{engine}", "model": "sim-8b"})),
        ),
        endpoint(Method::GET, "/deployments/{deployment_id}", OnPlatform(Read, Deployment), None),
        endpoint(
            Method::PATCH,
            "/deployments/{deployment_id}",
            OnPlatform(Update, Deployment),
            Some(json!({"weight": 5})),
        ),
        endpoint(Method::POST, "/deployments/{deployment_id}/probe", OnPlatform(Update, Deployment), None),
        endpoint(
            Method::POST,
            "/deployments/detect",
            OnPlatform(Create, Deployment),
            Some(json!({"base_url": "{engine}"})),
        ),
        endpoint(Method::GET, "/deployments/errors", OnPlatform(Read, Deployment), None),
        endpoint(Method::POST, "/deployments/{deployment_id}/test", OnPlatform(Update, Deployment), None),
        endpoint(Method::POST, "/deployments/{deployment_id}/drain", OnPlatform(Update, Deployment), None),
        endpoint(Method::POST, "/deployments/{deployment_id}/resume", OnPlatform(Update, Deployment), None),
        endpoint(
            Method::PUT,
            "/models/{model_id}/tokenizer",
            OnPlatform(Update, Model),
            Some(tokenizer_file()),
        ),
        endpoint(Method::GET, "/data-classes", OnPlatform(Read, DataClass), None),
        endpoint(
            Method::POST,
            "/data-classes",
            OnPlatform(Create, DataClass),
            Some(json!({"name": "public", "allows_external": true})),
        ),
        endpoint(
            Method::PATCH,
            "/data-classes/{data_class}",
            OnPlatform(Update, DataClass),
            Some(json!({"description": "Stays inside."})),
        ),
        endpoint(Method::GET, "/prices", OnPlatform(Read, Price), None),
        endpoint(
            Method::POST,
            "/prices",
            OnPlatform(Create, Price),
            Some(json!({"model_id": "{model_id}", "rates": rates})),
        ),
        endpoint(Method::GET, "/tenants", OnPlatform(Read, TenantDirectory), None),
        endpoint(
            Method::POST,
            "/tenants",
            OnPlatform(Create, TenantDirectory),
            Some(json!({"slug": "initech", "name": "Initech"})),
        ),
        endpoint(
            Method::PUT,
            "/tenants/{tenant_id}/models",
            OnPlatform(Create, ModelGrant),
            Some(json!({"models": ["sim-8b"]})),
        ),
    ]
}

/// A `tokenizer.json` of the smallest kind.
pub fn tokenizer_file() -> Value {
    let vocab: serde_json::Map<_, _> = ('a'..='z').zip(0..).map(|(c, n)| (c.to_string(), n.into())).collect();
    json!({"version": "1.0", "model": {"type": "WordLevel", "vocab": vocab, "unk_token": "a"}})
}

fn engines_and_playground() -> Vec<Endpoint> {
    use {Action::*, Needs::*, Resource::*};
    let at = |method, rest: &str, needs, body| {
        endpoint(method, &format!("/tenants/{{tenant_id}}{rest}"), needs, body)
    };
    let upstream = json!({"name": "Second", "engine": "openai", "base_url": "{engine}", "model": "sim-8b", "credential": "sk-2"});
    let chat = json!({"project_id": "{default_project_id}", "request": {"model": "sim-8b", "max_tokens": 5,
        "messages": [{"role": "user", "content": "Hello"}]}});
    vec![
        at(Method::GET, "/data-classes", InTenant(Read, Project), None),
        at(Method::GET, "/upstreams", InTenant(Read, Upstream), None),
        at(Method::POST, "/upstreams", InTenant(Create, Upstream), Some(upstream)),
        at(Method::POST, "/playground/chat", InTenant(Create, Playground), Some(chat)),
        at(Method::GET, "/playground/shares", InTenant(Read, PlaygroundShare), None),
        at(
            Method::POST,
            "/playground/shares",
            InTenant(Create, PlaygroundShare),
            Some(json!({"title": "Another", "setup": {}})),
        ),
        at(Method::GET, "/playground/shares/{share_id}", InTenant(Read, PlaygroundShare), None),
    ]
}

fn routes() -> Vec<Endpoint> {
    use {Action::*, Needs::*, Resource::*};
    let at = |method, rest: &str, needs, body| {
        endpoint(method, &format!("/tenants/{{tenant_id}}{rest}"), needs, body)
    };
    let document = json!({"arms": [{"name": "stable", "weight": 1, "models": ["sim-8b"]}]});
    let new = |name: &str| Some(json!({"name": name, "spec": document}));
    let described = || Some(json!({"description": "For chats"}));
    let one = "/routes/{route_id}";
    let own = "/routes/{tenant_route_id}";
    vec![
        endpoint(Method::GET, "/routes", OnPlatform(Read, Route), None),
        endpoint(Method::POST, "/routes", OnPlatform(Create, Route), new("slow")),
        endpoint(Method::GET, one, OnPlatform(Read, Route), None),
        endpoint(Method::PATCH, one, OnPlatform(Update, Route), described()),
        endpoint(Method::GET, &format!("{one}/versions"), OnPlatform(Read, Route), None),
        endpoint(
            Method::POST,
            &format!("{one}/promote"),
            OnPlatform(Update, Route),
            Some(json!({"arm": "canary"})),
        ),
        endpoint(
            Method::POST,
            &format!("{one}/rollback"),
            OnPlatform(Update, Route),
            Some(json!({"version": 1})),
        ),
        endpoint(Method::GET, &format!("{one}/arms"), OnPlatform(Read, Route), None),
        endpoint(Method::GET, "/routes/decisions", OnPlatform(Read, Route), None),
        endpoint(
            Method::POST,
            "/routes/explain",
            OnPlatform(Update, Route),
            Some(json!({"record": decision()})),
        ),
        at(Method::GET, "/routes", InTenant(Read, TenantRoute), None),
        at(Method::POST, "/routes", InTenant(Create, TenantRoute), new("own-slow")),
        at(Method::PATCH, own, InTenant(Update, TenantRoute), described()),
        at(Method::GET, &format!("{own}/arms"), InTenant(Read, TenantRoute), None),
        at(Method::GET, "/models/{model}/resolution", InTenant(Read, TenantModel), None),
        at(Method::GET, "/offered-routes", InTenant(Read, TenantModel), None),
    ]
}

/// The record of a decision among no candidates.
fn decision() -> Value {
    let weights = json!({"first_token": 1.0, "per_token": 0.0, "cost": 0.0, "task": 0.0, "stick": 0.0});
    json!({
        "id": "01900000-0000-7000-8000-000000000000", "at": "2026-01-01T00:00:00Z", "tenant": "acme", "asked": "sim-8b",
        "route": null, "route_version": null, "arm": null, "task": null, "names": [],
        "decision": {
            "demand": {"tokens": 10, "prompt_tokens": 5, "output_tokens": 5, "session": null},
            "policy": {"weights": weights, "first_token": null, "tokens_per_second": null, "lora_load": 1.5},
            "candidates": [], "now": {"secs": 1, "nanos": 0}, "seed": 1
        }
    })
}

fn inside_a_tenant() -> Vec<Endpoint> {
    use {Action::*, Needs::*, Resource::*};
    let at = |method, rest: &str, needs, body| {
        endpoint(method, &format!("/tenants/{{tenant_id}}{rest}"), needs, body)
    };
    vec![
        at(Method::GET, "", InTenant(Read, Tenant), None),
        at(Method::PATCH, "", InTenant(Update, Tenant), Some(json!({"name": "Acme Inc"}))),
        at(Method::GET, "/models", InTenant(Read, TenantModel), None),
        at(Method::GET, "/teams", InTenant(Read, Team), None),
        at(Method::POST, "/teams", InTenant(Create, Team), Some(json!({"name": "Platform"}))),
        at(Method::PATCH, "/teams/{team_id}", InTenant(Update, Team), Some(json!({"name": "Core"}))),
        at(Method::GET, "/projects", InTenant(Read, Project), None),
        at(Method::POST, "/projects", InTenant(Create, Project), Some(json!({"name": "Second"}))),
        at(Method::GET, "/projects/{project_id}", InTenant(Read, Project), None),
        at(
            Method::PATCH,
            "/projects/{project_id}",
            InTenant(Update, Project),
            Some(json!({"cost_centre": "R&D"})),
        ),
        at(Method::GET, "/members", InTenant(Read, Member), None),
        at(
            Method::PATCH,
            "/members/{member_id}",
            InTenant(Update, Member),
            Some(json!({"role": "developer"})),
        ),
        at(Method::GET, "/invitations", InTenant(Read, Invitation), None),
        at(
            Method::POST,
            "/invitations",
            InTenant(Create, Invitation),
            Some(json!({"email": "guest@acme.example", "role": "viewer"})),
        ),
        at(Method::GET, "/keys", InTenant(Read, ApiKey), None),
        at(
            Method::POST,
            "/keys",
            InTenant(Create, ApiKey),
            Some(json!({"name": "second", "project_id": "{default_project_id}"})),
        ),
        at(Method::GET, "/keys/{key_id}", InTenant(Read, ApiKey), None),
        at(Method::PATCH, "/keys/{key_id}", InTenant(Update, ApiKey), Some(json!({"disabled": true}))),
        at(Method::GET, "/audit", InTenant(Read, Audit), None),
    ]
}

fn files_and_batches() -> Vec<Endpoint> {
    use {Action::*, Needs::*, Resource::*};
    let at = |method, rest: &str, needs, body| {
        endpoint(method, &format!("/tenants/{{tenant_id}}{rest}"), needs, body)
    };
    let batch = json!({
        "key_id": "{batch_key_id}",
        "input_file_id": "{input_file_id}",
        "endpoint": "/v1/chat/completions"
    });
    vec![
        at(Method::GET, "/files", InTenant(Read, File), None),
        at(Method::POST, "/files", InTenant(Create, File), Some(sample_upload())),
        at(Method::GET, "/files/{file_id}/content", InTenant(Read, File), None),
        at(Method::DELETE, "/files/{file_id}", InTenant(Delete, File), None),
        at(Method::GET, "/batches", InTenant(Read, Batch), None),
        at(Method::POST, "/batches", InTenant(Create, Batch), Some(batch)),
        at(Method::GET, "/batches/{batch_id}", InTenant(Read, Batch), None),
        at(Method::POST, "/batches/{batch_id}/cancel", InTenant(Update, Batch), None),
    ]
}

/// A file for a batch; sent as a form.
pub fn sample_upload() -> Value {
    json!({FORM: {"project_id": "{default_project_id}", "purpose": "batch", "file": "{}"}})
}

/// A body with this one key is sent as `multipart/form-data`.
pub const FORM: &str = "$form";

fn usage() -> Vec<Endpoint> {
    use {Action::*, Needs::*, Resource::*};
    vec![
        endpoint(Method::GET, "/usage", OnPlatform(Read, PlatformUsage), None),
        endpoint(Method::GET, "/tenants/{tenant_id}/usage", InTenant(Read, Usage), None),
        endpoint(Method::GET, "/tenants/{tenant_id}/usage.csv", InTenant(Read, Usage), None),
        endpoint(Method::GET, "/tenants/{tenant_id}/usage/calls", InTenant(Read, Usage), None),
    ]
}

fn endings() -> Vec<Endpoint> {
    use {Action::*, Needs::*, Resource::*};
    let passwords = json!({"current": "correct horse battery 1", "new": "correct horse battery 2"});
    let own = |method, path: &str, body| Endpoint {
        only_by: Some(Actor::Operator),
        ..endpoint(method, path, Needs::Own, body)
    };
    vec![
        endpoint(Method::DELETE, "/models/{model_id}/tokenizer", OnPlatform(Update, Model), None),
        endpoint(
            Method::DELETE,
            "/tenants/{tenant_id}/upstreams/{upstream_id}",
            InTenant(Delete, Upstream),
            None,
        ),
        endpoint(
            Method::DELETE,
            "/tenants/{tenant_id}/playground/shares/{share_id}",
            InTenant(Delete, PlaygroundShare),
            None,
        ),
        endpoint(Method::DELETE, "/routes/{route_id}", OnPlatform(Delete, Route), None),
        endpoint(
            Method::DELETE,
            "/tenants/{tenant_id}/routes/{tenant_route_id}",
            InTenant(Delete, TenantRoute),
            None,
        ),
        endpoint(Method::DELETE, "/tenants/{tenant_id}/keys/{key_id}", InTenant(Delete, ApiKey), None),
        endpoint(
            Method::DELETE,
            "/tenants/{tenant_id}/projects/{project_id}",
            InTenant(Delete, Project),
            None,
        ),
        endpoint(Method::DELETE, "/tenants/{tenant_id}/teams/{team_id}", InTenant(Delete, Team), None),
        endpoint(
            Method::DELETE,
            "/tenants/{tenant_id}/invitations/{invitation_id}",
            InTenant(Delete, Invitation),
            None,
        ),
        endpoint(Method::DELETE, "/tenants/{tenant_id}/members/{member_id}", InTenant(Delete, Member), None),
        endpoint(Method::DELETE, "/deployments/{deployment_id}", OnPlatform(Delete, Deployment), None),
        endpoint(Method::DELETE, "/tenants/{tenant_id}", OnPlatform(Delete, TenantDirectory), None),
        own(Method::DELETE, "/me/tokens/{token_id}", None),
        own(Method::DELETE, "/me/sessions/{session_id}", None),
        own(Method::POST, "/me/password", Some(passwords)),
        own(Method::DELETE, "/sessions/current", None),
    ]
}
