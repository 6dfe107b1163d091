//! `GET /v1/files`

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::FileId;
use shared_chat::{FileObject, ListObject};
use web::{Problem, Query};

use super::object;
use crate::{ApiCaller, Batches, BatchesError, error::OnV1, purpose, request, store};

const MOST: u32 = 10_000;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    purpose: Option<String>,
    limit: Option<u32>,
    order: Option<String>,
    after: Option<String>,
}

/// The project's files, the newest first unless asked otherwise.
pub async fn list(
    State(batches): State<Batches>,
    caller: ApiCaller,
    asked: Result<Query<Asked>, Problem>,
) -> Result<Json<ListObject<FileObject>>, OnV1> {
    let Query(asked) = asked?;
    let limit = request::limit(asked.limit, MOST, MOST)?;
    let ascending = match asked.order.as_deref() {
        None | Some("desc") => false,
        Some("asc") => true,
        Some(_) => return Err(BatchesError::field("order", "expected `asc` or `desc`").into()),
    };
    let after: Option<FileId> = match asked.after.as_deref().map(str::parse).transpose() {
        Ok(after) => after,
        Err(error) => return Err(BatchesError::field("after", error.to_string()).into()),
    };
    let filter = store::file::Filter {
        project: Some(caller.project),
        purpose: asked.purpose.as_deref().map(purpose::of_any).transpose()?,
        after,
        ascending,
        rows: i64::from(limit) + 1,
    };
    let mut tx = batches.db().tenant(caller.tenant).await?;
    let mut rows = store::file::list(&mut tx, &filter, batches.now()).await?;
    let has_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let mut page =
        ListObject::page(rows.iter().map(object).collect(), has_more, |file: &FileObject| file.id.clone());
    // The schema of this list demands both, whatever is in it.
    page.first_id.get_or_insert_default();
    page.last_id.get_or_insert_default();
    Ok(Json(page))
}
