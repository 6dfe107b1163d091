//! The HTTP edge of `/v1`: one table, three addresses.

mod models;
mod responses;
mod shown;
mod socket;

use axum::{
    Router,
    body::Body,
    extract::{Request, State},
    response::Response,
    routing::{any, get, post},
};
use shared::ErrorCode;

use crate::{
    admit::Caller, arrival::Arrival, call::Call, error::CallError, gateway::Shared, intake, surface::Endpoint,
};

pub(crate) use shown::Shown;

/// Where the tenant is named by the key alone or by the subdomain, and where the path names it too.
const PREFIXES: [&str; 2] = ["/v1", "/t/{tenant}/v1"];

pub(crate) fn router(gateway: Shared) -> Router {
    let mut table = Router::new();
    for prefix in PREFIXES {
        let at = |path: &str| format!("{prefix}{path}");
        for endpoint in Endpoint::ALL {
            let call =
                move |State(gateway): State<Shared>, request: Request| create(gateway, endpoint, request);
            let methods = post(call).fallback(wrong_method);
            // A WebSocket, on the same address.
            let methods = if endpoint == Endpoint::Responses { methods.get(socket::open) } else { methods };
            table = table.route(&at(endpoint.path()), methods);
        }
        table = table
            .route(&at("/models"), get(models::list).fallback(wrong_method))
            .route(&at("/models/{*model}"), get(models::one).fallback(wrong_method))
            .route(
                &at("/responses/{response}"),
                get(responses::one).delete(responses::delete).fallback(wrong_method),
            )
            .route(&at("/responses/{response}/input_items"), get(responses::input).fallback(wrong_method))
            .route(&at(""), any(not_found))
            .route(&at("/{*rest}"), any(not_found));
    }
    table.with_state(gateway)
}

/// POST to an endpoint.
async fn create(gateway: Shared, endpoint: Endpoint, request: Request) -> Response {
    let (parts, mut body) = request.into_parts();
    let arrival = Arrival::of(&gateway, &parts);
    let mut shown = Shown::default();
    let answered = answer(&gateway, endpoint, &arrival, &mut body, &mut shown).await;
    if answered.is_err() {
        intake::discard(&mut body).await;
    }
    let mut response =
        answered.unwrap_or_else(|error| error.respond(Some(endpoint), Some(arrival.request_id())));
    shown.apply(response.headers_mut());
    arrival.stamp(response)
}

async fn answer(
    gateway: &Shared,
    endpoint: Endpoint,
    arrival: &Arrival<'_>,
    body: &mut Body,
    shown: &mut Shown,
) -> Result<Response, CallError> {
    let caller = Caller::identify(gateway, arrival, Some(endpoint))?;
    let call = Call { gateway, arrival, caller: &caller, endpoint, work: None };
    call.answer(body, shown).await
}

async fn not_found(State(gateway): State<Shared>, request: Request) -> Response {
    refuse(&gateway, request, |method, path| {
        let known: Vec<_> = Endpoint::ALL.iter().map(|endpoint| format!("/v1{}", endpoint.path())).collect();
        let text = format!(
            "There is nothing at {method} {path}. Available are POST {}, GET /v1/models, GET /v1/models/{{model}}, \
             GET and DELETE /v1/responses/{{id}} and GET /v1/responses/{{id}}/input_items.",
            known.join(", ")
        );
        CallError::new(ErrorCode::NotFound, text)
    })
}

async fn wrong_method(State(gateway): State<Shared>, request: Request) -> Response {
    refuse(&gateway, request, |method, path| {
        let accepted = if endpoint_of(path).is_some() { "POST" } else { "GET" };
        CallError::new(
            ErrorCode::MethodNotAllowed,
            format!("{path} does not accept {method}. Send {accepted} instead."),
        )
    })
}

/// The endpoint that a path names, behind whatever prefix.
fn endpoint_of(path: &str) -> Option<Endpoint> {
    let (_, rest) = path.split_once("/v1")?;
    Endpoint::ALL.into_iter().find(|endpoint| endpoint.path() == rest)
}

fn refuse(gateway: &Shared, request: Request, error: impl FnOnce(&str, &str) -> CallError) -> Response {
    let (parts, _) = request.into_parts();
    let path: String = parts.uri.path().chars().take(200).collect();
    let error = error(parts.method.as_str(), &path);
    let arrival = Arrival::of(gateway, &parts);
    arrival.stamp(error.respond(endpoint_of(&path), Some(arrival.request_id())))
}
