//! Deleting a file.

use chrono::{DateTime, Utc};
use db::TenantTx;
use shared::{FileId, ProjectId};

pub use crate::removal::at_once as content;
use crate::{BatchesError, removal, store};

/// Deletes the row, and leaves a job that removes the content. Refused while a batch reads the file.
pub async fn delete(
    tx: &mut TenantTx,
    id: FileId,
    project: Option<ProjectId>,
    now: DateTime<Utc>,
) -> Result<(), BatchesError> {
    if !store::file::hold(tx, id, project).await? {
        return Err(BatchesError::no_file(id));
    }
    if let Some(batch) = store::batch::that_reads(tx, id).await? {
        let detail =
            format!("The file is the input of {batch}, which is not finished. Cancel the batch first.");
        return Err(BatchesError::Conflict(detail));
    }
    store::file::delete(tx, id, project).await?;
    let tenant = tx.tenant_id();
    removal::ask(tx.conn(), tenant, id, now).await?;
    Ok(())
}
