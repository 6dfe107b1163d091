use access::{OperatorPermit, Refusal, grants::UpdateModel as MayUpdateModel};
use shared::ModelId;
use shared_api::catalog::{Model, UpdateModel};
use web::{Json, Path, Problem};

use crate::{model, store};

/// Changes what is said of a model, or takes it out of service. Its name stays: calls and invoices know it by that.
#[utoipa::path(
    patch, path = "/api/v1/models/{model_id}", tag = "models", operation_id = "update_model", request_body = UpdateModel,
    params(("model_id" = ModelId, Path)), responses((status = 200, body = Model), (status = 400), (status = 404))
)]
pub async fn update(
    permit: OperatorPermit<MayUpdateModel>,
    Path(id): Path<ModelId>,
    Json(update): Json<UpdateModel>,
) -> Result<Json<Model>, Refusal> {
    model::check_update(&update)?;
    let mut tx = permit.begin().await?;
    let missing = || Problem::not_found("model");
    if !store::model::update(&mut tx, id, &update, permit.now()).await? {
        return Err(missing().into());
    }
    let changed = store::model::get(&mut tx, id, permit.now()).await?.ok_or_else(missing)?;
    tx.commit().await?;
    Ok(Json(changed))
}
