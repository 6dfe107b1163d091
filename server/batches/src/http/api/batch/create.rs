//! `POST /api/v1/tenants/{tenant_id}/batches`

use access::{TenantPermit, grants::CreateBatch};
use axum::extract::State;
use http::StatusCode;
use serde_json::{Map, Value};
use shared::TenantId;
use shared_api::batches::{BatchRun, NewBatch};
use web::{Json, ProblemBody};

use super::shown;
use crate::{
    Batches, BatchesError,
    error::OnApi,
    order,
    request::{self, DEFAULT_EXPIRY_S, Order},
    store,
};

/// Makes a batch of a file. Its calls are made and billed as the key that is named, within 24 hours.
#[utoipa::path(
    post,
    path = "/api/v1/tenants/{tenant_id}/batches",
    tag = "batches",
    params(("tenant_id" = TenantId, Path)),
    request_body = NewBatch,
    responses(
        (status = 201, body = BatchRun),
        (status = 400, body = ProblemBody),
        (status = 401, body = ProblemBody),
        (status = 403, body = ProblemBody),
        (status = 404, body = ProblemBody),
    )
)]
pub async fn create_batch(
    State(batches): State<Batches>,
    permit: TenantPermit<CreateBatch>,
    Json(new): Json<NewBatch>,
) -> Result<(StatusCode, Json<BatchRun>), OnApi> {
    let asked = asked(&new)?;
    let (now, most) = (permit.now(), batches.limits().max_input_bytes);
    let mut tx = permit.begin().await?;
    let project = store::batch::project_of_key(&mut tx, new.key_id, now).await?;
    let project =
        project.ok_or_else(|| BatchesError::field("key_id", "there is no such key, or it does not work"))?;
    let batch = order::place(&mut tx, project, new.key_id, &asked, most, now).await?;
    tx.commit().await?;
    batches.wake().notify_one();
    Ok((StatusCode::CREATED, Json(shown(&batch))))
}

fn asked(new: &NewBatch) -> Result<Order, BatchesError> {
    let entries = new.metadata.iter().map(|(key, value)| (key.clone(), Value::from(value.as_str())));
    let metadata = Some(entries.collect::<Map<_, _>>()).filter(|metadata| !metadata.is_empty());
    request::check_metadata(metadata.as_ref())?;
    Ok(Order {
        input: new.input_file_id,
        endpoint: request::endpoint_of(&new.endpoint)?,
        metadata,
        output_expires_s: DEFAULT_EXPIRY_S,
    })
}
