//! `POST /api/v1/tenants/{tenant_id}/batches/{batch_id}/cancel`

use access::{TenantPermit, grants::UpdateBatch};
use axum::extract::State;
use shared::{BatchId, TenantId};
use shared_api::batches::BatchRun;
use web::{Json, Path, ProblemBody};

use super::shown;
use crate::{Batches, cancellation, error::OnApi};

/// Ends a batch early. What is done is kept; calls under way come to their end.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant_id}/batches/{batch_id}/cancel",
    tag = "batches",
    params(("tenant_id" = TenantId, Path), ("batch_id" = BatchId, Path)),
    responses(
        (status = 200, body = BatchRun),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "It has ended, or is about to.", body = ProblemBody),
    )
)]
pub async fn cancel_batch(
    State(batches): State<Batches>,
    permit: TenantPermit<UpdateBatch>,
    path: Path<(TenantId, BatchId)>,
) -> Result<Json<BatchRun>, OnApi> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    let batch = cancellation::ask(&mut tx, id, None, permit.now()).await?;
    tx.commit().await?;
    batches.wake().notify_one();
    Ok(Json(shown(&batch)))
}
