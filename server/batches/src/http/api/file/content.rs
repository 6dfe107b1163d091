//! `GET /api/v1/tenants/{tenant_id}/files/{file_id}/content`

use access::{TenantPermit, grants::ReadFile};
use axum::{extract::State, response::Response};
use shared::{FileId, TenantId};
use web::{Path, ProblemBody};

use crate::{Batches, error::OnApi, http::content, store};

/// Downloads a file.
#[utoipa::path(
    get,
    path = "/api/v1/tenants/{tenant_id}/files/{file_id}/content",
    tag = "files",
    params(("tenant_id" = TenantId, Path), ("file_id" = FileId, Path)),
    responses(
        (status = 200, description = "The file as it is.", content_type = "application/octet-stream", body = Vec<u8>),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
    )
)]
pub async fn download_file(
    State(batches): State<Batches>,
    permit: TenantPermit<ReadFile>,
    path: Path<(TenantId, FileId)>,
) -> Result<Response, OnApi> {
    let Path((tenant, id)) = path;
    let mut tx = permit.begin().await?;
    let file = store::file::get(&mut tx, id, None, permit.now()).await?;
    tx.commit().await?;
    Ok(content::stream(&batches, tenant, &file).await?)
}
