//! The simulator's own routes, for tests: what happened, and what is to go wrong.

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use bytes::Bytes;
use http::StatusCode;
use serde_json::json;

use crate::{Fault, state::Sim, stats::StatsView};

pub fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/_stats", get(stats))
        .route("/_fault", post(set_fault).get(list_faults).delete(clear_faults))
}

async fn stats(State(sim): State<Arc<Sim>>) -> Json<StatsView> {
    Json(sim.stats.view())
}

async fn list_faults(State(sim): State<Arc<Sim>>) -> Json<Vec<Fault>> {
    Json(sim.faults.list())
}

async fn set_fault(State(sim): State<Arc<Sim>>, body: Bytes) -> Response {
    match serde_json::from_slice::<Fault>(&body) {
        Ok(fault) => {
            sim.faults.add(fault);
            StatusCode::NO_CONTENT.into_response()
        }
        Err(error) => (StatusCode::BAD_REQUEST, Json(json!({"error": error.to_string()}))).into_response(),
    }
}

async fn clear_faults(State(sim): State<Arc<Sim>>) -> StatusCode {
    sim.faults.clear();
    StatusCode::NO_CONTENT
}
