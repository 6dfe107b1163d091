//! The admin address: `/metrics`, `/healthz`, `/readyz`.
//!
//! `/healthz` says that the process lives; `/readyz` that it can serve. Neither fails because the database or Redis is
//! away while calls are still served.

use axum::{Router, extract::State, response::IntoResponse, routing::get};
use gateway::Readiness;
use http::{StatusCode, header};
use telemetry::Metrics;

#[derive(Clone)]
struct Observed {
    metrics: Metrics,
    /// None: this process serves no calls, so it is ready as soon as it listens.
    readiness: Option<Readiness>,
}

pub fn router(metrics: Metrics, readiness: Option<Readiness>) -> Router {
    Router::new()
        .route("/metrics", get(metrics_text))
        .route("/healthz", get(|| std::future::ready("ok\n")))
        .route("/readyz", get(ready))
        .with_state(Observed { metrics, readiness })
}

async fn metrics_text(State(observed): State<Observed>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], observed.metrics.render())
}

async fn ready(State(observed): State<Observed>) -> (StatusCode, String) {
    match observed.readiness.and_then(|readiness| readiness.why_not()) {
        None => (StatusCode::OK, "ready\n".to_owned()),
        Some(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("not ready: {why}\n")),
    }
}
