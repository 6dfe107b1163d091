//! `GET /v1/files/{file_id}/content`

use axum::{extract::State, response::Response};

use crate::{
    ApiCaller, Batches,
    error::OnV1,
    http::{content, v1::id::NamedFile},
    store,
};

/// A file's content.
pub async fn content(
    State(batches): State<Batches>,
    caller: ApiCaller,
    NamedFile(id): NamedFile,
) -> Result<Response, OnV1> {
    let mut tx = batches.db().tenant(caller.tenant).await?;
    let file = store::file::get(&mut tx, id, Some(caller.project), batches.now()).await?;
    // A slow reader must not hold a connection to the database.
    tx.commit().await?;
    Ok(content::stream(&batches, caller.tenant, &file).await?)
}
