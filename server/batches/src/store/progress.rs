//! A batch's way through its states. Every statement names the worker that holds it: None or false tells that it is
//! another's by now.

use chrono::{DateTime, Utc};
use db::TenantTx;
use shared::{BatchId, FileId};
use shared_chat::{BatchError, BatchStatus};
use sqlx::types::Json;
use uuid::Uuid;

use super::batch::{BatchRow, status};
use crate::{BatchesError, result_line::Tokens};

/// The batch as it stands, if this worker holds it.
pub async fn held(tx: &mut TenantTx, id: BatchId, worker: &str) -> Result<Option<BatchRow>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let row = sqlx::query_as("select * from batches where tenant_id = $1 and id = $2 and locked_by = $3")
        .bind(tenant)
        .bind(id.uuid())
        .bind(worker)
        .fetch_optional(tx.conn())
        .await?;
    Ok(row)
}

/// Validation is over: `bad` of `total` lines are answered already.
pub async fn begin(
    tx: &mut TenantTx,
    id: BatchId,
    worker: &str,
    (total, bad): (u32, u32),
    model: Option<&str>,
    now: DateTime<Utc>,
) -> Result<bool, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let done = sqlx::query(
        "update batches set status = 'in_progress', in_progress_at = $4, total = $5, failed = $6, model = $7 \
         where tenant_id = $1 and id = $2 and locked_by = $3 and status = 'validating'",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(worker)
    .bind(now)
    .bind(total as i32)
    .bind(bad as i32)
    .bind(model)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// The batch as a whole cannot be done.
pub async fn fail(
    tx: &mut TenantTx,
    id: BatchId,
    worker: &str,
    errors: &[BatchError],
    now: DateTime<Utc>,
) -> Result<bool, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let done = sqlx::query(
        "update batches set status = 'failed', failed_at = $4, errors = $5 \
         where tenant_id = $1 and id = $2 and locked_by = $3 and status = 'validating'",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(worker)
    .bind(now)
    .bind(Json(errors))
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Grows the counts by what came with it in one transaction. The status tells whether to go on.
pub async fn count(
    tx: &mut TenantTx,
    id: BatchId,
    worker: &str,
    (completed, failed): (u32, u32),
    tokens: Tokens,
) -> Result<Option<BatchStatus>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let now: Option<String> = sqlx::query_scalar(
        "update batches set completed = completed + $4, failed = failed + $5, input_tokens = input_tokens + $6, \
         cached_tokens = cached_tokens + $7, output_tokens = output_tokens + $8, \
         reasoning_tokens = reasoning_tokens + $9 \
         where tenant_id = $1 and id = $2 and locked_by = $3 returning status",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(worker)
    .bind(completed as i32)
    .bind(failed as i32)
    .bind(tokens.input)
    .bind(tokens.cached)
    .bind(tokens.output)
    .bind(tokens.reasoning)
    .fetch_optional(tx.conn())
    .await?;
    Ok(now.as_deref().map(status))
}

/// No more calls: the files are to be written. A batch that was cancelled meanwhile stays so, which is no error.
pub async fn finalize(
    tx: &mut TenantTx,
    id: BatchId,
    worker: &str,
    ends_as: BatchStatus,
    now: DateTime<Utc>,
) -> Result<(), BatchesError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "update batches set status = 'finalizing', ends_as = $4, finalizing_at = $5 \
         where tenant_id = $1 and id = $2 and locked_by = $3 and status in ('validating', 'in_progress')",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(worker)
    .bind(ends_as.as_str())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// The ids of both files: those that were given the first time, else these.
pub async fn name_files(
    tx: &mut TenantTx,
    id: BatchId,
    worker: &str,
    (output, error): (Option<FileId>, Option<FileId>),
) -> Result<Option<(Option<FileId>, Option<FileId>)>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let named: Option<(Option<Uuid>, Option<Uuid>)> = sqlx::query_as(
        "update batches set output_file_id = coalesce(output_file_id, $4), error_file_id = coalesce(error_file_id, $5) \
         where tenant_id = $1 and id = $2 and locked_by = $3 returning output_file_id, error_file_id",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(worker)
    .bind(output.map(FileId::uuid))
    .bind(error.map(FileId::uuid))
    .fetch_optional(tx.conn())
    .await?;
    Ok(named.map(|(output, error)| (output.map(FileId::from_uuid), error.map(FileId::from_uuid))))
}

/// The end: the files are there.
pub async fn end(
    tx: &mut TenantTx,
    id: BatchId,
    worker: &str,
    ends_as: BatchStatus,
    now: DateTime<Utc>,
) -> Result<bool, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let done = sqlx::query(
        "update batches set status = $4, \
         completed_at = case when $4 = 'completed' then $5 else completed_at end, \
         expired_at = case when $4 = 'expired' then $5 else expired_at end, \
         cancelled_at = case when $4 = 'cancelled' then $5 else cancelled_at end \
         where tenant_id = $1 and id = $2 and locked_by = $3 and status in ('finalizing', 'cancelling')",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(worker)
    .bind(ends_as.as_str())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
