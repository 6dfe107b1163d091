//! The HTTP edge of `/v1`: one table, three addresses.

mod chat;
mod models;
mod shown;

use axum::{
    Router,
    extract::{Request, State},
    response::{IntoResponse, Response},
    routing::{any, get, post},
};
use shared::ErrorCode;

use crate::{arrival::Arrival, error::CallError, gateway::Shared};

pub(crate) use shown::Shown;

/// Where the tenant is named by the key alone or by the subdomain, and where the path names it too.
const PREFIXES: [&str; 2] = ["/v1", "/t/{tenant}/v1"];

pub(crate) fn router(gateway: Shared) -> Router {
    let mut table = Router::new();
    for prefix in PREFIXES {
        let at = |path: &str| format!("{prefix}{path}");
        table = table
            .route(&at("/chat/completions"), post(chat::create).fallback(wrong_method))
            .route(&at("/models"), get(models::list).fallback(wrong_method))
            .route(&at("/models/{*model}"), get(models::one).fallback(wrong_method))
            .route(&at(""), any(not_found))
            .route(&at("/{*rest}"), any(not_found));
    }
    table.with_state(gateway)
}

async fn not_found(State(gateway): State<Shared>, request: Request) -> Response {
    refuse(&gateway, request, |method, path| {
        let text = format!(
            "There is nothing at {method} {path}. Available are POST /v1/chat/completions, GET /v1/models and \
             GET /v1/models/{{model}}."
        );
        CallError::new(ErrorCode::NotFound, text)
    })
}

async fn wrong_method(State(gateway): State<Shared>, request: Request) -> Response {
    refuse(&gateway, request, |method, path| {
        let accepted = if path.ends_with("/chat/completions") { "POST" } else { "GET" };
        CallError::new(
            ErrorCode::MethodNotAllowed,
            format!("{path} does not accept {method}. Send {accepted} instead."),
        )
    })
}

fn refuse(gateway: &Shared, request: Request, error: impl FnOnce(&str, &str) -> CallError) -> Response {
    let (parts, _) = request.into_parts();
    let path: String = parts.uri.path().chars().take(200).collect();
    let error = error(parts.method.as_str(), &path);
    Arrival::of(gateway, &parts).stamp(error.into_response())
}
