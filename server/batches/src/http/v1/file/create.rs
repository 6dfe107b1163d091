//! `POST /v1/files`

use axum::{
    Json,
    extract::{Multipart, State, multipart::MultipartRejection},
};
use shared_chat::FileObject;

use super::object;
use crate::{
    ApiCaller, Batches,
    error::OnV1,
    upload::{self, Owner},
};

/// Uploads a file.
pub async fn create(
    State(batches): State<Batches>,
    caller: ApiCaller,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Json<FileObject>, OnV1> {
    let file = upload::receive(&batches, caller.tenant, Owner::Key(caller.project), form).await?;
    Ok(Json(object(&file)))
}
