use access::{OperatorPermit, Refusal, grants::CreateDataClass};
use http::StatusCode;
use shared::ErrorCode;
use shared_api::engines::{DataClass, NewDataClass};
use web::{Json, Problem};

use crate::{data_class, store};

/// Adds a class that projects can be given. Its name stays.
#[utoipa::path(
    post, path = "/api/v1/data-classes", tag = "data classes", operation_id = "create_data_class", request_body = NewDataClass,
    responses((status = 201, body = DataClass), (status = 400), (status = 409, description = "The name is taken"))
)]
pub async fn create(
    permit: OperatorPermit<CreateDataClass>,
    Json(new): Json<NewDataClass>,
) -> Result<(StatusCode, Json<DataClass>), Refusal> {
    data_class::check_new(&new)?;
    let mut tx = permit.begin().await?;
    let made = store::data_class::insert(&mut tx, &new, permit.now()).await?.ok_or_else(|| {
        let detail = format!("There is a data class `{}` already. Choose another name.", new.name);
        Problem::new(ErrorCode::Conflict, detail)
    })?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(made)))
}
