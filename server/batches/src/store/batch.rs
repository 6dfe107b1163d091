//! Batches, as callers see and change them. `project` as in `file`.

use chrono::{DateTime, Utc};
use db::{OnConstraint, SystemTx, TenantTx};
use serde_json::Value;
use shared::{ApiKeyId, BatchId, FileId, ProjectId};
use shared_chat::BatchStatus;
use sqlx::types::Json;
use uuid::Uuid;

use crate::{BatchesError, Endpoint, request::Order};

#[derive(Debug, Clone, sqlx::FromRow)]
pub struct BatchRow {
    id: Uuid,
    project_id: Uuid,
    key_id: Uuid,
    input_file_id: Uuid,
    output_file_id: Option<Uuid>,
    error_file_id: Option<Uuid>,
    pub endpoint: String,
    status: String,
    pub ends_as: String,
    pub metadata: Option<Json<serde_json::Map<String, Value>>>,
    pub output_expires_s: i32,
    pub model: Option<String>,
    pub errors: Option<Json<Vec<shared_chat::BatchError>>>,
    total: i32,
    completed: i32,
    failed: i32,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
    pub reasoning_tokens: i64,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    pub in_progress_at: Option<DateTime<Utc>>,
    pub finalizing_at: Option<DateTime<Utc>>,
    pub completed_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    pub expired_at: Option<DateTime<Utc>>,
    pub cancelling_at: Option<DateTime<Utc>>,
    pub cancelled_at: Option<DateTime<Utc>>,
}

impl BatchRow {
    pub const fn id(&self) -> BatchId {
        BatchId::from_uuid(self.id)
    }

    pub const fn project(&self) -> ProjectId {
        ProjectId::from_uuid(self.project_id)
    }

    pub const fn key(&self) -> ApiKeyId {
        ApiKeyId::from_uuid(self.key_id)
    }

    pub const fn input(&self) -> FileId {
        FileId::from_uuid(self.input_file_id)
    }

    /// Where its results are, once they are all there.
    pub fn output(&self) -> Option<FileId> {
        self.output_file_id.filter(|_| self.status().is_final()).map(FileId::from_uuid)
    }

    /// Where its errors are, once they are all there.
    pub fn error(&self) -> Option<FileId> {
        self.error_file_id.filter(|_| self.status().is_final()).map(FileId::from_uuid)
    }

    pub fn status(&self) -> BatchStatus {
        status(&self.status)
    }

    pub fn endpoint(&self) -> Endpoint {
        self.endpoint.parse().unwrap_or(Endpoint::ChatCompletions)
    }

    pub const fn counts(&self) -> shared_chat::BatchCounts {
        shared_chat::BatchCounts {
            total: self.total.unsigned_abs() as u64,
            completed: self.completed.unsigned_abs() as u64,
            failed: self.failed.unsigned_abs() as u64,
        }
    }
}

/// A status by its name; the schema knows no other.
pub fn status(name: &str) -> BatchStatus {
    use BatchStatus::*;
    [Validating, Failed, InProgress, Finalizing, Completed, Expired, Cancelling, Cancelled]
        .into_iter()
        .find(|status| status.as_str() == name)
        .unwrap_or_default()
}

pub async fn insert(
    tx: &mut TenantTx,
    project: ProjectId,
    key: ApiKeyId,
    order: &Order,
    now: DateTime<Utc>,
) -> Result<BatchRow, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let row = sqlx::query_as(
        "insert into batches (tenant_id, id, project_id, key_id, input_file_id, endpoint, status, metadata, \
         output_expires_s, created_at, expires_at) values ($1, $2, $3, $4, $5, $6, 'validating', $7, $8, $9, $10) \
         returning *",
    )
    .bind(tenant)
    .bind(BatchId::generate().uuid())
    .bind(project.uuid())
    .bind(key.uuid())
    .bind(order.input.uuid())
    .bind(order.endpoint.as_str())
    .bind(order.metadata.as_ref().map(Json))
    .bind(order.output_expires_s)
    .bind(now)
    .bind(now + crate::request::WINDOW)
    .fetch_one(tx.conn())
    .await
    .on_constraint("batches_key", || BatchesError::field("key_id", "there is no such key"))?;
    Ok(row)
}

pub async fn get(
    tx: &mut TenantTx,
    id: BatchId,
    project: Option<ProjectId>,
) -> Result<BatchRow, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let row = sqlx::query_as(
        "select * from batches where tenant_id = $1 and id = $2 and ($3::uuid is null or project_id = $3)",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(project.map(ProjectId::uuid))
    .fetch_optional(tx.conn())
    .await?;
    row.ok_or_else(|| BatchesError::no_batch(id))
}

/// The newest first.
pub async fn list(
    tx: &mut TenantTx,
    project: Option<ProjectId>,
    after: Option<BatchId>,
    rows: i64,
) -> Result<Vec<BatchRow>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let rows = sqlx::query_as(
        "select * from batches where tenant_id = $1 and ($2::uuid is null or project_id = $2) \
         and ($3::uuid is null or id < $3) order by id desc limit $4",
    )
    .bind(tenant)
    .bind(project.map(ProjectId::uuid))
    .bind(after.map(BatchId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Asks that it ends. None when it cannot be cancelled any more; asking twice is as good as once.
pub async fn cancel(
    tx: &mut TenantTx,
    id: BatchId,
    project: Option<ProjectId>,
    now: DateTime<Utc>,
) -> Result<Option<BatchRow>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let row = sqlx::query_as(
        "update batches set status = 'cancelling', cancelling_at = coalesce(cancelling_at, $4) \
         where tenant_id = $1 and id = $2 and ($3::uuid is null or project_id = $3) \
         and status in ('validating', 'in_progress', 'cancelling') returning *",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(project.map(ProjectId::uuid))
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

/// A batch that still needs this file.
pub async fn that_reads(tx: &mut TenantTx, file: FileId) -> Result<Option<BatchId>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let id: Option<Uuid> = sqlx::query_scalar(
        "select id from batches where tenant_id = $1 and input_file_id = $2 \
         and status in ('validating', 'in_progress', 'finalizing', 'cancelling') limit 1",
    )
    .bind(tenant)
    .bind(file.uuid())
    .fetch_optional(tx.conn())
    .await?;
    Ok(id.map(BatchId::from_uuid))
}

/// The project of a key that works. None when there is no such key, or it does not work.
pub async fn project_of_key(
    tx: &mut TenantTx,
    key: ApiKeyId,
    now: DateTime<Utc>,
) -> Result<Option<ProjectId>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let project: Option<Uuid> = sqlx::query_scalar(
        "select project_id from api_keys where tenant_id = $1 and id = $2 and revoked_at is null \
         and disabled_at is null and (expires_at is null or expires_at > $3)",
    )
    .bind(tenant)
    .bind(key.uuid())
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(project.map(ProjectId::from_uuid))
}

/// Deletes batches of deleted tenants, with what was finished of them.
pub async fn sweep(tx: &mut SystemTx) -> Result<u64, BatchesError> {
    let done = sqlx::query(
        "delete from batches b using tenants t where t.id = b.tenant_id and t.status = 'deleted'",
    )
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected())
}
