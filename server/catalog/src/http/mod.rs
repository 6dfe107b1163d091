//! The endpoints, one a file.

mod data_classes;
mod deployments;
mod grants;
mod models;
mod playground;
mod pools;
mod prices;
mod routes;
mod tenant_routes;
mod tokenizers;
mod upstreams;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::CatalogState;
use playground::shares;

/// Everything under `/api/v1` that is this room's.
pub fn routes(state: CatalogState) -> OpenApiRouter {
    OpenApiRouter::new()
        .routes(routes!(models::list::list, models::create::create))
        .routes(routes!(models::get::get, models::update::update))
        .merge(large())
        .routes(routes!(pools::list::list, pools::create::create))
        .routes(routes!(deployments::list::list, deployments::create::create))
        .routes(routes!(deployments::detect::detect))
        .routes(routes!(deployments::errors::errors))
        .routes(routes!(deployments::get::get, deployments::update::update, deployments::delete::delete))
        .routes(routes!(deployments::probe::probe))
        .routes(routes!(deployments::test::test))
        .routes(routes!(deployments::drain::drain))
        .routes(routes!(deployments::drain::resume))
        .routes(routes!(prices::list::list, prices::create::create))
        .routes(routes!(data_classes::list::list, data_classes::create::create))
        .routes(routes!(data_classes::update::update))
        .routes(routes!(data_classes::offered::offered))
        .routes(routes!(grants::list::list, grants::replace::replace))
        .routes(routes!(upstreams::list::list, upstreams::create::create))
        .routes(routes!(upstreams::delete::delete))
        .merge(self::routes::router())
        .merge(tenant_routes::router())
        .routes(routes!(shares::list::list, shares::create::create))
        .routes(routes!(shares::get::get, shares::delete::delete))
        .with_state(state)
}

/// Those whose bodies are larger than others'.
fn large() -> OpenApiRouter<CatalogState> {
    let tokenizers = OpenApiRouter::new()
        .routes(routes!(tokenizers::put::put, tokenizers::delete::delete))
        .layer(DefaultBodyLimit::max(tokenizers::put::MAX_BYTES));
    let chats = OpenApiRouter::new()
        .routes(routes!(playground::chat::chat))
        .layer(DefaultBodyLimit::max(playground::chat::MAX_BYTES));
    tokenizers.merge(chats)
}
