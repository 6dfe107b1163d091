//! `POST /api/v1/tenants/{tenant_id}/files`

use access::{TenantPermit, grants::CreateFile};
use axum::extract::{Multipart, State, multipart::MultipartRejection};
use http::StatusCode;
use shared::TenantId;
use shared_api::batches::{FileUpload, StoredFile};
use web::{Json, ProblemBody};

use super::shown;
use crate::{
    Batches,
    error::OnApi,
    upload::{self, Owner},
};

/// Uploads a file of a project.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant_id}/files",
    tag = "files",
    params(("tenant_id" = TenantId, Path)),
    request_body(content = FileUpload, content_type = "multipart/form-data", description = "`project_id` before `file`."),
    responses(
        (status = 201, body = StoredFile),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
        (status = 413, body = ProblemBody),
        (status = 415, body = ProblemBody),
    )
)]
pub async fn upload_file(
    State(batches): State<Batches>,
    permit: TenantPermit<CreateFile>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<(StatusCode, Json<StoredFile>), OnApi> {
    let file = upload::receive(&batches, permit.tenant_id(), Owner::Form, form).await?;
    Ok((StatusCode::CREATED, Json(shown(&file))))
}
