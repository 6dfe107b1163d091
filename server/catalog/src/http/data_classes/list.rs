use access::{OperatorPermit, Refusal, grants::ReadDataClass};
use shared::Page;
use shared_api::engines::DataClass;
use web::{Json, Paging};

use crate::store;

/// The classes that projects can be given, in the order of their names.
#[utoipa::path(
    get, path = "/api/v1/data-classes", tag = "data classes", operation_id = "list_data_classes",
    params(Paging), responses((status = 200, body = Page<DataClass>))
)]
pub async fn list(
    permit: OperatorPermit<ReadDataClass>,
    paging: Paging,
) -> Result<Json<Page<DataClass>>, Refusal> {
    let mut tx = permit.begin().await?;
    let rows = store::data_class::list(&mut tx, paging.after.as_deref(), paging.rows()).await?;
    tx.commit().await?;
    Ok(Json(Page::from_rows(rows, paging.limit as usize, |class| class.name.clone())))
}
