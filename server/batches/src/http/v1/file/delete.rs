//! `DELETE /v1/files/{file_id}`

use axum::{Json, extract::State};
use shared_chat::FileDeleted;

use crate::{ApiCaller, Batches, deletion, error::OnV1, http::v1::id::NamedFile};

/// Deletes a file and its content.
pub async fn delete(
    State(batches): State<Batches>,
    caller: ApiCaller,
    NamedFile(id): NamedFile,
) -> Result<Json<FileDeleted>, OnV1> {
    let mut tx = batches.db().tenant(caller.tenant).await?;
    deletion::delete(&mut tx, id, Some(caller.project), batches.now()).await?;
    tx.commit().await?;
    deletion::content(&batches, caller.tenant, id).await;
    Ok(Json(FileDeleted::of(id.to_string())))
}
