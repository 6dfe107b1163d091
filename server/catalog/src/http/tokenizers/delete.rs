use access::{OperatorPermit, Refusal, grants::UpdateModel};
use http::StatusCode;
use shared::ModelId;
use web::{Path, Problem};

use crate::store;

/// Takes a model's tokenizer away: its prompts are estimated from then on.
#[utoipa::path(
    delete, path = "/api/v1/models/{model_id}/tokenizer", tag = "models", operation_id = "delete_model_tokenizer",
    params(("model_id" = ModelId, Path)), responses((status = 204), (status = 404))
)]
pub async fn delete(
    permit: OperatorPermit<UpdateModel>,
    Path(id): Path<ModelId>,
) -> Result<StatusCode, Refusal> {
    let mut tx = permit.begin().await?;
    if !store::tokenizer::take(&mut tx, id).await? {
        return Err(Problem::not_found("model").into());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
