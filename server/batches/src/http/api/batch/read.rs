//! `GET /api/v1/tenants/{tenant_id}/batches/{batch_id}`

use access::{TenantPermit, grants::ReadBatch};
use shared::{BatchId, TenantId};
use shared_api::batches::BatchRun;
use web::{Json, Path, ProblemBody};

use super::shown;
use crate::{error::OnApi, store};

/// One batch with its progress.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/batches/{batch_id}",
    tag = "batches",
    params(("tenant_id" = TenantId, Path), ("batch_id" = BatchId, Path)),
    responses((status = 200, body = BatchRun), (status = 401, body = ProblemBody), (status = 404, body = ProblemBody))
)]
pub async fn read_batch(
    permit: TenantPermit<ReadBatch>,
    path: Path<(TenantId, BatchId)>,
) -> Result<Json<BatchRun>, OnApi> {
    let Path((_, id)) = path;
    let mut tx = permit.begin().await?;
    Ok(Json(shown(&store::batch::get(&mut tx, id, None).await?)))
}
