use access::{OperatorPermit, Refusal, grants::ReadDeployment};
use axum::extract::State;
use shared::Page;
use shared_api::catalog::Deployment;
use web::{Json, Paging};

use crate::{CatalogState, health, store};

/// All deployments with their health.
#[utoipa::path(
    get, path = "/api/v1/deployments", tag = "deployments", operation_id = "list_deployments",
    params(("limit" = Option<u32>, Query), ("after" = Option<String>, Query)), responses((status = 200, body = Page<Deployment>))
)]
pub async fn list(
    State(state): State<CatalogState>,
    permit: OperatorPermit<ReadDeployment>,
    paging: Paging,
) -> Result<Json<Page<Deployment>>, Refusal> {
    let mut tx = permit.begin().await?;
    let mut rows = store::deployment::list(&mut tx, None, paging.after_id()?, paging.rows()).await?;
    tx.commit().await?;
    let known = health::all(&*state.kv).await;
    for row in &mut rows {
        row.health = health::of(&known, row.id);
    }
    Ok(Json(Page::from_rows(rows, paging.limit as usize, |deployment| deployment.id.to_string())))
}
