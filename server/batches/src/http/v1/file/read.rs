//! `GET /v1/files/{file_id}`

use axum::{Json, extract::State};
use shared_chat::FileObject;

use super::object;
use crate::{ApiCaller, Batches, error::OnV1, http::v1::id::NamedFile, store};

/// One file.
pub async fn read(
    State(batches): State<Batches>,
    caller: ApiCaller,
    NamedFile(id): NamedFile,
) -> Result<Json<FileObject>, OnV1> {
    let mut tx = batches.db().tenant(caller.tenant).await?;
    let file = store::file::get(&mut tx, id, Some(caller.project), batches.now()).await?;
    Ok(Json(object(&file)))
}
