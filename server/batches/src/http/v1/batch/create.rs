//! `POST /v1/batches`

use axum::extract::State;
use shared_chat::Batch;
use web::{Json, Problem};

use super::object;
use crate::{
    ApiCaller, Batches,
    error::OnV1,
    order,
    request::{Order, SentOrder},
};

/// Makes a batch of a file that was uploaded before.
pub async fn create(
    State(batches): State<Batches>,
    caller: ApiCaller,
    sent: Result<Json<SentOrder>, Problem>,
) -> Result<Json<Batch>, OnV1> {
    let Json(sent) = sent?;
    let asked = Order::try_from(sent)?;
    let most = batches.limits().max_input_bytes;
    let mut tx = batches.db().tenant(caller.tenant).await?;
    let batch = order::place(&mut tx, caller.project, caller.key, &asked, most, batches.now()).await?;
    tx.commit().await?;
    batches.wake().notify_one();
    Ok(Json(object(&batch)))
}
