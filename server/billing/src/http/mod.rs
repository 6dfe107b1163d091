//! The endpoints, one a file.

mod calls;
mod export;
mod platform;
mod usage;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::BillingState;

/// Everything under `/api/v1` that is this room's.
pub fn routes(state: BillingState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(usage::usage))
        .routes(routes!(export::export))
        .routes(routes!(calls::calls))
        .routes(routes!(platform::platform))
        .with_state(state)
}
