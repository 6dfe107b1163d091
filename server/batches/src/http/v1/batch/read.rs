//! `GET /v1/batches/{batch_id}`

use axum::{Json, extract::State};
use shared_chat::Batch;

use super::object;
use crate::{ApiCaller, Batches, error::OnV1, http::v1::id::NamedBatch, store};

/// One batch, with its counts as they are now.
pub async fn read(
    State(batches): State<Batches>,
    caller: ApiCaller,
    NamedBatch(id): NamedBatch,
) -> Result<Json<Batch>, OnV1> {
    let mut tx = batches.db().tenant(caller.tenant).await?;
    let batch = store::batch::get(&mut tx, id, Some(caller.project)).await?;
    Ok(Json(object(&batch)))
}
