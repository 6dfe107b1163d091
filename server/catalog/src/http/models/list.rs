use access::{OperatorPermit, Refusal, grants::ReadModel};
use shared::Page;
use shared_api::catalog::Model;
use web::{Json, Paging};

use crate::store;

/// All models, in the order of their names.
#[utoipa::path(
    get, path = "/api/v1/models", tag = "models", operation_id = "list_models",
    params(("limit" = Option<u32>, Query, description = "1 to 200"), ("after" = Option<String>, Query, description = "`next` of the page before")),
    responses((status = 200, body = Page<Model>))
)]
pub async fn list(permit: OperatorPermit<ReadModel>, paging: Paging) -> Result<Json<Page<Model>>, Refusal> {
    let mut tx = permit.begin().await?;
    let rows =
        store::model::list(&mut tx, None, paging.after.as_deref(), paging.rows(), permit.now()).await?;
    tx.commit().await?;
    Ok(Json(Page::from_rows(rows, paging.limit as usize, |model| model.name.clone())))
}
