use access::{OperatorPermit, Refusal, grants::ReadModel};
use shared::ModelId;
use shared_api::catalog::Model;
use web::{Json, Path, Problem};

use crate::store;

/// One model.
#[utoipa::path(
    get, path = "/api/v1/models/{model_id}", tag = "models", operation_id = "get_model",
    params(("model_id" = ModelId, Path)), responses((status = 200, body = Model), (status = 404))
)]
pub async fn get(permit: OperatorPermit<ReadModel>, Path(id): Path<ModelId>) -> Result<Json<Model>, Refusal> {
    let mut tx = permit.begin().await?;
    let found = store::model::get(&mut tx, id, permit.now()).await?;
    tx.commit().await?;
    Ok(Json(found.ok_or_else(|| Problem::not_found("model"))?))
}
