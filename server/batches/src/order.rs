//! Making a batch.

use chrono::{DateTime, Utc};
use db::TenantTx;
use shared::{ApiKeyId, ProjectId};

use crate::{
    BatchesError, purpose,
    request::Order,
    store::{self, batch::BatchRow},
};

/// Makes a batch of a file of the project. The file is held until the transaction ends.
pub async fn place(
    tx: &mut TenantTx,
    project: ProjectId,
    key: ApiKeyId,
    order: &Order,
    max_input_bytes: u64,
    now: DateTime<Utc>,
) -> Result<BatchRow, BatchesError> {
    let unusable = |message: String| BatchesError::field("input_file_id", message);
    let held = store::file::hold(tx, order.input, Some(project)).await?;
    let file = match store::file::get(tx, order.input, Some(project), now).await {
        Ok(file) if held => file,
        Ok(_) | Err(BatchesError::NotFound { .. }) => {
            return Err(unusable(format!("there is no file `{}`, or it is not yours to use", order.input)));
        }
        Err(error) => return Err(error),
    };
    if file.purpose != purpose::BATCH {
        let message = format!("the file's purpose is `{}`: expected `{}`", file.purpose, purpose::BATCH);
        return Err(unusable(message));
    }
    if file.bytes() > max_input_bytes {
        return Err(unusable(format!(
            "the file has {} bytes: expected at most {max_input_bytes}",
            file.bytes()
        )));
    }
    store::batch::insert(tx, project, key, order, now).await
}
