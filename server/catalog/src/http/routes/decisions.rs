use access::{OperatorPermit, Refusal, grants::ReadRoute};
use axum::extract::State;
use shared::Page;
use shared_api::decisions::Decision;
use web::Json;

use crate::CatalogState;

/// Choices that this server's gateway made of late: a sample, the newest first.
#[utoipa::path(
    get, path = "/api/v1/routes/decisions", tag = "routes", operation_id = "list_route_decisions",
    responses((status = 200, body = Page<Decision>))
)]
pub async fn decisions(
    State(state): State<CatalogState>,
    _: OperatorPermit<ReadRoute>,
) -> Result<Json<Page<Decision>>, Refusal> {
    Ok(Json(Page::whole(state.explainer.decisions())))
}
