mod arms;
mod change;
mod create;
mod delete;
mod list;
mod offered;
mod resolution;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::CatalogState;

/// Tenants' own routes, and what names mean to a tenant.
pub fn router() -> OpenApiRouter<CatalogState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(change::change, delete::delete))
        .routes(routes!(arms::arms))
        .routes(routes!(resolution::resolution))
        .routes(routes!(offered::offered))
}
