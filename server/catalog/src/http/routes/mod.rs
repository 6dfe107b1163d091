mod arms;
mod change;
mod create;
mod decisions;
mod delete;
mod explain;
mod get;
mod list;
mod promote;
mod rollback;
mod versions;

pub use arms::{laid_out, window};

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::CatalogState;

/// The operator's routes.
pub fn router() -> OpenApiRouter<CatalogState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(decisions::decisions))
        .routes(routes!(explain::explain))
        .routes(routes!(get::get, change::change, delete::delete))
        .routes(routes!(versions::versions))
        .routes(routes!(rollback::rollback))
        .routes(routes!(promote::promote))
        .routes(routes!(arms::arms))
}
