//! A batch in the hands of this worker.

use std::{sync::Arc, time::Duration};

use backon::{ExponentialBuilder, Retryable};
use chrono::{DateTime, Utc};
use db::{DbError, TenantTx};
use objects::ObjectError;
use shared::UsageEventId;
use shared_chat::BatchStatus;

use crate::{
    Batches, BatchesError, Runner,
    line::BadLine,
    lines::Lines,
    result_line::{self, Tokens},
    runner::work_of,
    state::object_of,
    store::{
        batch::BatchRow,
        claim::Claimed,
        progress,
        result::{self, Outcome},
    },
};

/// Why the work on a batch ends before the batch does.
#[derive(Debug, thiserror::Error)]
pub enum Interrupted {
    /// Another worker holds it by now.
    #[error("another worker holds the batch")]
    Lost,
    #[error(transparent)]
    Failed(#[from] BatchesError),
}

impl From<DbError> for Interrupted {
    fn from(error: DbError) -> Self {
        Self::Failed(error.into())
    }
}

impl From<ObjectError> for Interrupted {
    fn from(error: ObjectError) -> Self {
        Self::Failed(error.into())
    }
}

impl Interrupted {
    fn is_unavailable(&self) -> bool {
        matches!(self, Self::Failed(BatchesError::Db(error)) if error.is_unavailable())
    }
}

#[derive(Clone)]
pub struct Held {
    pub batches: Batches,
    pub runner: Arc<dyn Runner>,
    /// Who holds it: a new name for every claim.
    pub worker: Arc<str>,
    pub claimed: Claimed,
}

impl Held {
    pub fn now(&self) -> DateTime<Utc> {
        self.batches.now()
    }

    pub async fn begin(&self) -> Result<TenantTx, Interrupted> {
        Ok(self.batches.db().tenant(self.claimed.tenant).await?)
    }

    /// The batch as it stands.
    pub async fn row(&self) -> Result<BatchRow, Interrupted> {
        let mut tx = self.begin().await?;
        progress::held(&mut tx, self.claimed.batch, &self.worker).await?.ok_or(Interrupted::Lost)
    }

    /// The lines of its input. None when the file is gone.
    pub async fn lines(&self, batch: &BatchRow) -> Result<Option<Lines>, Interrupted> {
        let path = object_of(self.claimed.tenant, batch.input())?;
        let found = self.batches.objects().read(&path).await?;
        let most = self.batches.limits().max_line_bytes;
        Ok(found.map(|(_, content)| Lines::new(content, most)))
    }

    /// See [`crate::LineCall::work`].
    pub fn work(&self, line: u32, at: DateTime<Utc>) -> UsageEventId {
        work_of(self.claimed.batch, line, at)
    }

    /// A line that is not called.
    pub fn refusal(&self, line: u32, bad: &BadLine, at: DateTime<Utc>) -> Outcome {
        let result = result_line::refused(self.work(line, at), line, bad);
        Outcome { line, tries: 0, ok: false, result: Some(result) }
    }

    /// Commits outcomes and what they add to the counts, in one transaction. A database that is away is waited for a
    /// while, so that calls that were made are not made again.
    pub async fn record(&self, outcomes: &[Outcome], tokens: Tokens) -> Result<BatchStatus, Interrupted> {
        let patience = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(200))
            .with_max_delay(Duration::from_secs(5))
            .with_max_times(60);
        (|| self.record_once(outcomes, tokens)).retry(patience).when(Interrupted::is_unavailable).await
    }

    async fn record_once(&self, outcomes: &[Outcome], tokens: Tokens) -> Result<BatchStatus, Interrupted> {
        let mut tx = self.begin().await?;
        let kept = result::keep(&mut tx, self.claimed.batch, outcomes).await?;
        let completed = kept.iter().filter(|(_, ok)| *ok).count() as u32;
        let failed = kept.len() as u32 - completed;
        let counted =
            progress::count(&mut tx, self.claimed.batch, &self.worker, (completed, failed), tokens).await?;
        // Dropped with the transaction: a worker that lost its batch writes nothing.
        let status = counted.ok_or(Interrupted::Lost)?;
        tx.commit().await?;
        Ok(status)
    }
}
