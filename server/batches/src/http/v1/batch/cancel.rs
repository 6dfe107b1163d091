//! `POST /v1/batches/{batch_id}/cancel`

use axum::{Json, extract::State};
use shared_chat::Batch;

use super::object;
use crate::{ApiCaller, Batches, cancellation, error::OnV1, http::v1::id::NamedBatch};

/// Ends a batch early. What is done is kept; calls under way come to their end.
pub async fn cancel(
    State(batches): State<Batches>,
    caller: ApiCaller,
    NamedBatch(id): NamedBatch,
) -> Result<Json<Batch>, OnV1> {
    let mut tx = batches.db().tenant(caller.tenant).await?;
    let batch = cancellation::ask(&mut tx, id, Some(caller.project), batches.now()).await?;
    tx.commit().await?;
    batches.wake().notify_one();
    Ok(Json(object(&batch)))
}
