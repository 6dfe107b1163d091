//! Files and batches for people, under `/api/v1`.

mod batch;
mod file;

use axum::extract::DefaultBodyLimit;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::Batches;

/// Every endpoint of the room on the control plane, by its full path.
pub fn routes(batches: Batches) -> OpenApiRouter {
    let files = OpenApiRouter::new()
        .routes(routes!(file::list::list_files, file::create::upload_file))
        .layer(DefaultBodyLimit::disable());
    OpenApiRouter::new()
        .merge(files)
        .routes(routes!(file::delete::delete_file))
        .routes(routes!(file::content::download_file))
        .routes(routes!(batch::list::list_batches, batch::create::create_batch))
        .routes(routes!(batch::read::read_batch))
        .routes(routes!(batch::cancel::cancel_batch))
        .with_state(batches)
}
