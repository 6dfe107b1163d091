//! `DELETE /api/v1/tenants/{tenant_id}/files/{file_id}`

use access::{TenantPermit, grants::DeleteFile};
use axum::extract::State;
use http::StatusCode;
use shared::{FileId, TenantId};
use web::{Path, ProblemBody};

use crate::{Batches, deletion, error::OnApi};

/// Deletes a file and its content for ever.
#[utoipa::path(
    delete,
    path = "/api/v1/tenants/{tenant_id}/files/{file_id}",
    tag = "files",
    params(("tenant_id" = TenantId, Path), ("file_id" = FileId, Path)),
    responses(
        (status = 204),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 409, description = "A batch reads it.", body = ProblemBody),
    )
)]
pub async fn delete_file(
    State(batches): State<Batches>,
    permit: TenantPermit<DeleteFile>,
    path: Path<(TenantId, FileId)>,
) -> Result<StatusCode, OnApi> {
    let Path((tenant, id)) = path;
    let mut tx = permit.begin().await?;
    deletion::delete(&mut tx, id, None, permit.now()).await?;
    tx.commit().await?;
    deletion::content(&batches, tenant, id).await;
    Ok(StatusCode::NO_CONTENT)
}
