//! `GET /v1/batches`

use axum::{Json, extract::State};
use serde::Deserialize;
use shared::BatchId;
use shared_chat::{Batch, ListObject};
use web::{Problem, Query};

use super::object;
use crate::{ApiCaller, Batches, BatchesError, error::OnV1, request, store};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    limit: Option<u32>,
    after: Option<String>,
}

/// The project's batches, the newest first.
pub async fn list(
    State(batches): State<Batches>,
    caller: ApiCaller,
    asked: Result<Query<Asked>, Problem>,
) -> Result<Json<ListObject<Batch>>, OnV1> {
    let Query(asked) = asked?;
    let limit = request::limit(asked.limit, 20, 100)?;
    let after: Option<BatchId> = match asked.after.as_deref().map(str::parse).transpose() {
        Ok(after) => after,
        Err(error) => return Err(BatchesError::field("after", error.to_string()).into()),
    };
    let mut tx = batches.db().tenant(caller.tenant).await?;
    let mut rows = store::batch::list(&mut tx, Some(caller.project), after, i64::from(limit) + 1).await?;
    let has_more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let page = rows.iter().map(object).collect();
    Ok(Json(ListObject::page(page, has_more, |batch: &Batch| batch.id.clone())))
}
