//! Deleting a file's content, for good: the job in the transaction that deletes the row.

use async_trait::async_trait;
use chrono::{DateTime, Utc};
use db::{DbError, PgConnection};
use jobs::{Handler, JobFailure, NewJob, RunningJob};
use objects::Objects;
use serde::{Deserialize, Serialize};
use shared::{FileId, TenantId};

use crate::{Batches, state::object_of};

#[derive(Debug, Serialize, Deserialize)]
struct Removal {
    tenant: TenantId,
    file: FileId,
}

/// Removes the object of a deleted file; repeated until it is gone.
#[derive(Debug)]
pub struct ObjectRemoval {
    objects: Objects,
}

impl ObjectRemoval {
    /// The kind of its jobs.
    pub const KIND: &'static str = "batches.remove_object";

    pub fn new(objects: Objects) -> Self {
        Self { objects }
    }
}

#[async_trait]
impl Handler for ObjectRemoval {
    async fn run(&self, job: RunningJob) -> Result<(), JobFailure> {
        let Removal { tenant, file } =
            serde_json::from_value(job.payload).map_err(|error| JobFailure::Fatal(error.to_string()))?;
        let path = object_of(tenant, file).map_err(|error| JobFailure::Fatal(error.to_string()))?;
        self.objects.delete(&path).await.map_err(|error| JobFailure::Retry(error.to_string()))
    }
}

/// Asks for the removal in the transaction at hand.
pub async fn ask(
    connection: &mut PgConnection,
    tenant: TenantId,
    file: FileId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let payload = serde_json::to_value(Removal { tenant, file }).unwrap_or_default();
    jobs::enqueue(connection, &NewJob::now(ObjectRemoval::KIND, payload, now), now).await
}

/// Removes it right away, after the transaction; where that fails, the job does it later.
pub async fn at_once(batches: &Batches, tenant: TenantId, file: FileId) {
    let Ok(path) = object_of(tenant, file) else { return };
    if let Err(error) = batches.objects().delete(&path).await {
        tracing::warn!(%error, %file, "a deleted file's content is not removed yet");
    }
}
