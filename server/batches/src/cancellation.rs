//! Ending a batch early.

use chrono::{DateTime, Utc};
use db::TenantTx;
use shared::{BatchId, ProjectId};

use crate::{BatchesError, store, store::batch::BatchRow};

/// Asks the worker to stop. Refused when the batch has ended, or is about to.
pub async fn ask(
    tx: &mut TenantTx,
    id: BatchId,
    project: Option<ProjectId>,
    now: DateTime<Utc>,
) -> Result<BatchRow, BatchesError> {
    if let Some(batch) = store::batch::cancel(tx, id, project, now).await? {
        return Ok(batch);
    }
    let batch = store::batch::get(tx, id, project).await?;
    let status = batch.status().as_str();
    Err(BatchesError::Conflict(format!("A batch that is {status} cannot be cancelled.")))
}
