//! The endpoints, one a file.

mod deployments;
mod grants;
mod models;
mod pools;
mod prices;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::CatalogState;

/// Everything under `/api/v1` that is this room's.
pub fn routes(state: CatalogState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(models::list::list, models::create::create))
        .routes(routes!(models::get::get, models::update::update))
        .routes(routes!(pools::list::list, pools::create::create))
        .routes(routes!(deployments::list::list, deployments::create::create))
        .routes(routes!(deployments::get::get, deployments::update::update, deployments::delete::delete))
        .routes(routes!(deployments::probe::probe))
        .routes(routes!(prices::list::list, prices::create::create))
        .routes(routes!(grants::list::list, grants::replace::replace))
        .with_state(state)
}
