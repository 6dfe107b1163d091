//! The one table of what is mounted where.
//!
//! ```text
//! /v1/*  /t/{tenant}/v1/*    the gateway, and files and batches: keys, OpenAI's errors
//! /api/v1/*                  the rooms of the control plane: permits, problem details, audit
//! /api/v1/openapi.json       their document
//! /*                         the console
//! ```

use std::sync::Arc;

use access::{Access, IdempotencyRecords, audit, session};
use axum::{
    Json, Router,
    middleware::{from_fn, from_fn_with_state},
    response::IntoResponse,
    routing::get,
};
use shared::ErrorCode;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa::{
    Modify, OpenApi,
    openapi::{
        OpenApi as Document,
        security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;
use web::{Problem, ProblemBody, idempotency, request_id, same_site, security_headers};

#[derive(OpenApi)]
#[openapi(
    info(title = "Switchyard", description = "Control plane: tenants, keys, models, deployments, usage. The data plane \
        under /v1 speaks OpenAI's API.", license(name = "Apache-2.0", identifier = "Apache-2.0")),
    components(schemas(ProblemBody)),
    modifiers(&BearerTokens)
)]
struct Api;

/// How programs sign in; browsers use the session cookie.
struct BearerTokens;

impl Modify for BearerTokens {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .description(Some("An operator token (sy_op_…) or a personal access token (sy_pat_…)"))
            .build();
        if let Some(components) = &mut document.components {
            components.add_security_scheme("token", SecurityScheme::Http(scheme));
        }
    }
}

/// The rooms' routes, each documented.
pub struct Rooms {
    pub identity: OpenApiRouter,
    pub tenancy: OpenApiRouter,
    pub catalog: OpenApiRouter,
    pub billing: OpenApiRouter,
    pub batches: OpenApiRouter,
}

/// The control plane with all that surrounds a request, and its document. `secure`: reached by https.
pub fn api(rooms: Rooms, access: &Access, secure: bool) -> (Router, Document) {
    let (router, document) = OpenApiRouter::with_openapi(Api::openapi())
        .merge(rooms.identity)
        .merge(rooms.tenancy)
        .merge(rooms.catalog)
        .merge(rooms.billing)
        .merge(rooms.batches)
        .split_for_parts();
    let served = document.clone();
    let records: Arc<dyn idempotency::Store> = Arc::new(IdempotencyRecords(access.clone()));
    let router = router
        .route("/api/v1/openapi.json", get(move || std::future::ready(Json(served.clone()))))
        .route("/api/{*rest}", axum::routing::any(nothing_here))
        .method_not_allowed_fallback(wrong_method)
        // The last is the first that a request meets.
        .layer(from_fn_with_state(access.clone(), audit::layer))
        .layer(from_fn_with_state(records, idempotency::layer))
        .layer(session::layer(access.clone(), secure))
        .layer(from_fn(same_site::layer))
        .layer(CatchPanicLayer::custom(panicked))
        .layer(from_fn(security_headers::layer))
        .layer(from_fn(request_id::layer));
    (router, document)
}

async fn nothing_here() -> Problem {
    Problem::new(ErrorCode::NotFound, "There is no such endpoint. /api/v1/openapi.json lists those that are.")
}

async fn wrong_method() -> Problem {
    Problem::new(ErrorCode::MethodNotAllowed, "This endpoint exists, but not for this method.")
}

/// The panic itself was printed by the hook; its text is not for a caller.
fn panicked(_: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    tracing::error!("a handler panicked");
    Problem::new(ErrorCode::Internal, "The failure was logged under this response's x-request-id.")
        .into_response()
}
