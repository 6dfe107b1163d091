//! Files. `project`: only this project's, as its keys see it; None for people, who see all of the tenant's.

use chrono::{DateTime, Utc};
use db::{OnConstraint, SystemTx, TenantTx};
use shared::{FileId, ProjectId, TenantId};
use uuid::Uuid;

use crate::BatchesError;

/// A file whose content is whole.
#[derive(Debug, Clone, sqlx::FromRow)]
pub struct FileRow {
    id: Uuid,
    project_id: Uuid,
    pub filename: String,
    pub purpose: String,
    bytes: i64,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
}

impl FileRow {
    pub const fn id(&self) -> FileId {
        FileId::from_uuid(self.id)
    }

    pub const fn project(&self) -> ProjectId {
        ProjectId::from_uuid(self.project_id)
    }

    pub const fn bytes(&self) -> u64 {
        self.bytes.unsigned_abs()
    }
}

/// A row for content that is on its way; seen by nobody until [`finish`].
pub async fn begin(
    tx: &mut TenantTx,
    id: FileId,
    project: ProjectId,
    purpose: &str,
    now: DateTime<Utc>,
) -> Result<(), BatchesError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "insert into files (tenant_id, id, project_id, filename, purpose, bytes, status, created_at) \
         values ($1, $2, $3, 'unfinished', $4, 0, 'uploading', $5) on conflict (tenant_id, id) do nothing",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(project.uuid())
    .bind(purpose)
    .bind(now)
    .execute(tx.conn())
    .await
    .on_constraint("files_project", || BatchesError::field("project_id", "there is no such project"))?;
    Ok(())
}

/// What is known of a file once its content is stored.
pub struct Finished<'a> {
    pub filename: &'a str,
    pub purpose: &'a str,
    pub bytes: u64,
    pub expires_at: Option<DateTime<Utc>>,
}

/// Shows the file. None when its row was swept away meanwhile.
pub async fn finish(
    tx: &mut TenantTx,
    id: FileId,
    file: &Finished<'_>,
) -> Result<Option<FileRow>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let row = sqlx::query_as(
        "update files set status = 'uploaded', filename = $3, purpose = $4, bytes = $5, expires_at = $6 \
         where tenant_id = $1 and id = $2 \
         returning id, project_id, filename, purpose, bytes, created_at, expires_at",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(file.filename)
    .bind(file.purpose)
    .bind(i64::try_from(file.bytes).unwrap_or(i64::MAX))
    .bind(file.expires_at)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row)
}

pub async fn get(
    tx: &mut TenantTx,
    id: FileId,
    project: Option<ProjectId>,
    now: DateTime<Utc>,
) -> Result<FileRow, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let row: Option<FileRow> = sqlx::query_as(
        "select id, project_id, filename, purpose, bytes, created_at, expires_at from files \
         where tenant_id = $1 and id = $2 and ($3::uuid is null or project_id = $3) and status = 'uploaded' \
         and (expires_at is null or expires_at > $4)",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(project.map(ProjectId::uuid))
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    row.ok_or_else(|| BatchesError::no_file(id))
}

/// Which files to list.
pub struct Filter<'a> {
    pub project: Option<ProjectId>,
    pub purpose: Option<&'a str>,
    pub after: Option<FileId>,
    pub ascending: bool,
    pub rows: i64,
}

/// In the order of their making, or the newest first.
pub async fn list(
    tx: &mut TenantTx,
    filter: &Filter<'_>,
    now: DateTime<Utc>,
) -> Result<Vec<FileRow>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let rows = sqlx::query_as(
        "select id, project_id, filename, purpose, bytes, created_at, expires_at from files \
         where tenant_id = $1 and ($2::uuid is null or project_id = $2) and ($3::text is null or purpose = $3) \
         and status = 'uploaded' and (expires_at is null or expires_at > $4) \
         and ($5::uuid is null or case when $6 then id > $5 else id < $5 end) \
         order by case when $6 then id end, case when not $6 then id end desc limit $7",
    )
    .bind(tenant)
    .bind(filter.project.map(ProjectId::uuid))
    .bind(filter.purpose)
    .bind(now)
    .bind(filter.after.map(FileId::uuid))
    .bind(filter.ascending)
    .bind(filter.rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows)
}

/// Deletes the row, whether its content is whole or not. False when there is none.
pub async fn delete(tx: &mut TenantTx, id: FileId, project: Option<ProjectId>) -> Result<bool, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let done = sqlx::query(
        "delete from files where tenant_id = $1 and id = $2 and ($3::uuid is null or project_id = $3)",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(project.map(ProjectId::uuid))
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Holds a file against new batches until the transaction ends. False when there is none that is whole.
pub async fn hold(tx: &mut TenantTx, id: FileId, project: Option<ProjectId>) -> Result<bool, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let row: Option<bool> = sqlx::query_scalar(
        "select true from files where tenant_id = $1 and id = $2 and ($3::uuid is null or project_id = $3) \
         and status = 'uploaded' for update",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(project.map(ProjectId::uuid))
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.is_some())
}

/// Deletes up to `rows` files of any tenant that nobody will ask for again: expired and no running batch's input,
/// never finished, or of a deleted tenant.
pub async fn sweep(
    tx: &mut SystemTx,
    now: DateTime<Utc>,
    abandoned_before: DateTime<Utc>,
    rows: i64,
) -> Result<Vec<(TenantId, FileId)>, BatchesError> {
    let swept: Vec<(Uuid, Uuid)> = sqlx::query_as(
        "delete from files f using (\
           select d.tenant_id, d.id from files d join tenants t on t.id = d.tenant_id \
           where t.status = 'deleted' or (d.status = 'uploading' and d.created_at < $2) \
           or (d.expires_at <= $1 and not exists (select from batches b where b.tenant_id = d.tenant_id \
               and b.input_file_id = d.id and b.status in ('validating', 'in_progress', 'finalizing', 'cancelling'))) \
           limit $3) due \
         where f.tenant_id = due.tenant_id and f.id = due.id returning f.tenant_id, f.id",
    )
    .bind(now)
    .bind(abandoned_before)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(swept
        .into_iter()
        .map(|(tenant, file)| (TenantId::from_uuid(tenant), FileId::from_uuid(file)))
        .collect())
}
