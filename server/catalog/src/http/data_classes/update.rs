use access::{OperatorPermit, Refusal, grants::UpdateDataClass};
use shared_api::engines::{DataClass, DataClassChange};
use web::{Json, Path, Problem};

use crate::{data_class, store};

/// Changes what a class says, or whether its projects' calls may leave the platform: at once, for all of them.
#[utoipa::path(
    patch, path = "/api/v1/data-classes/{data_class}", tag = "data classes", operation_id = "update_data_class",
    request_body = DataClassChange, params(("data_class" = String, Path, description = "Its name")),
    responses((status = 200, body = DataClass), (status = 400), (status = 404))
)]
pub async fn update(
    permit: OperatorPermit<UpdateDataClass>,
    Path(name): Path<String>,
    Json(change): Json<DataClassChange>,
) -> Result<Json<DataClass>, Refusal> {
    change.description.as_deref().map_or(Ok(()), data_class::check_description)?;
    let mut tx = permit.begin().await?;
    let changed = store::data_class::update(&mut tx, &name, &change).await?;
    let changed = changed.ok_or_else(|| Problem::not_found("data class"))?;
    tx.commit().await?;
    Ok(Json(changed))
}
