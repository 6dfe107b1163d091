//! What nobody needs any more: expired files, uploads that broke off, everything of deleted tenants.

use chrono::TimeDelta;

use crate::{
    Batches, BatchesError, removal,
    store::{batch, file},
};

/// An upload that takes longer is taken for broken.
const UPLOAD_TAKES: TimeDelta = TimeDelta::hours(24);
const ROWS: i64 = 500;

/// Sweeps once; what is left over waits for the next time.
pub async fn sweep(batches: &Batches) {
    match rows(batches).await {
        Ok(swept) => {
            for (tenant, file) in swept {
                removal::at_once(batches, tenant, file).await;
            }
        }
        Err(error) => tracing::warn!(error = %super::chain(&error), "files are not swept"),
    }
}

async fn rows(batches: &Batches) -> Result<Vec<(shared::TenantId, shared::FileId)>, BatchesError> {
    let now = batches.now();
    let mut tx = batches.db().system().await?;
    batch::sweep(&mut tx).await?;
    let swept = file::sweep(&mut tx, now, now - UPLOAD_TAKES, ROWS).await?;
    for (tenant, file) in &swept {
        removal::ask(tx.conn(), *tenant, *file, now).await?;
    }
    tx.commit().await?;
    Ok(swept)
}
