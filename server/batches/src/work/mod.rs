//! The background worker: takes batches under a lease and brings each to its end.
//!
//! A batch's way: `validate` (every line checked, bad ones answered) → `execute` (the calls) → `finish` (the files).
//! Each step can be cut off anywhere and done again by another worker: what is committed is never done twice.

mod calls;
mod execute;
mod finish;
mod held;
mod sweep;
mod validate;

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::TimeDelta;
use shared::BatchId;
use shared_chat::BatchStatus;
use tokio::{
    task::{Id, JoinError, JoinSet},
    time::Instant,
};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{Batches, BatchesError, Runner, store::claim};
use held::{Held, Interrupted};

/// How long a worker may be silent before its batch is another's.
const LEASE: TimeDelta = TimeDelta::seconds(20);
/// How long a batch that failed for want of a store waits for another try.
const SET_BACK: TimeDelta = TimeDelta::seconds(30);
/// How long an idle worker waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);
/// How often what nobody needs is swept away.
const SWEEP_EVERY: Duration = Duration::from_mins(1);

/// Works on batches until told to stop. One a process; it works on several batches at once.
#[derive(Clone)]
pub struct BatchWorker {
    batches: Batches,
    runner: Arc<dyn Runner>,
}

impl std::fmt::Debug for BatchWorker {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("BatchWorker").field("batches", &self.batches).finish_non_exhaustive()
    }
}

impl BatchWorker {
    pub fn new(batches: Batches, runner: Arc<dyn Runner>) -> Self {
        Self { batches, runner }
    }

    /// Works until `stop`; then calls under way may end, and batches are left to the next worker. A database that is
    /// away is waited for. Dropped, it ends at once, and another worker goes on when the lease ends.
    pub async fn run(self, stop: CancellationToken) {
        let most = self.batches.limits().max_concurrent_batches;
        let mut running = JoinSet::new();
        let mut under_way: HashMap<Id, BatchId> = HashMap::new();
        let mut next_sweep = Instant::now();
        while !stop.is_cancelled() {
            if next_sweep <= Instant::now() {
                sweep::sweep(&self.batches).await;
                next_sweep = Instant::now() + SWEEP_EVERY;
            }
            while running.len() < most
                && let Some(held) = self.claim(under_way.values().copied()).await
            {
                let batch = held.claimed.batch;
                under_way.insert(running.spawn(self.clone().work(held, stop.clone())).id(), batch);
            }
            tokio::select! {
                () = stop.cancelled() => {}
                () = self.batches.wake().notified() => {}
                () = tokio::time::sleep(IDLE) => {}
                Some(ended) = running.join_next_with_id() => {
                    under_way.remove(&told(ended));
                }
            }
        }
        while let Some(ended) = running.join_next_with_id().await {
            told(ended);
        }
    }

    /// None when there is nothing to do, or no way to know. What is under way here is not taken twice, even where its
    /// lease ended because the database was away for too long.
    async fn claim(&self, under_way: impl Iterator<Item = BatchId>) -> Option<Held> {
        let but: Vec<_> = under_way.map(BatchId::uuid).collect();
        let worker: Arc<str> = Uuid::now_v7().to_string().into();
        let per_tenant = (self.batches.limits().max_concurrent_batches / 2).max(1);
        let now = self.batches.now();
        let taken = async {
            let mut tx = self.batches.db().system().await?;
            let taken = claim::take(&mut tx, &worker, &but, per_tenant as i64, now, now + LEASE).await?;
            tx.commit().await?;
            Ok::<_, BatchesError>(taken)
        };
        let claimed = taken.await.unwrap_or_else(|error| {
            tracing::warn!(error = %chain(&error), "batches cannot be looked for");
            None
        })?;
        Some(Held { batches: self.batches.clone(), runner: self.runner.clone(), worker, claimed })
    }

    async fn work(self, held: Held, stop: CancellationToken) {
        let claimed = held.claimed;
        let ended = tokio::select! {
            ended = drive(&held, &stop) => ended,
            () = self.beat(&held) => Err(Interrupted::Lost),
        };
        let until = match ended {
            Ok(()) => None,
            Err(Interrupted::Lost) => {
                tracing::warn!(batch = %claimed.batch, "another worker has the batch");
                return;
            }
            Err(Interrupted::Failed(error)) => {
                tracing::warn!(batch = %claimed.batch, error = %chain(&error), "the batch is set back");
                Some(self.batches.now() + SET_BACK)
            }
        };
        let released = async {
            let mut tx = self.batches.db().system().await?;
            claim::release(&mut tx, claimed, &held.worker, until).await?;
            Ok::<_, BatchesError>(tx.commit().await?)
        };
        if let Err(error) = released.await {
            tracing::warn!(batch = %claimed.batch, error = %chain(&error), "the batch is released when its lease ends");
        }
    }

    /// Renews the lease; returns when it is another's. A database that is away does not end the work: it ends nobody's
    /// lease either.
    async fn beat(&self, held: &Held) {
        let every = LEASE.to_std().unwrap_or(Duration::from_mins(1)) / 3;
        loop {
            tokio::time::sleep(every).await;
            let until = self.batches.now() + LEASE;
            let renewed = async {
                let mut tx = self.batches.db().system().await?;
                let ours = claim::renew(&mut tx, held.claimed, &held.worker, until).await?;
                tx.commit().await?;
                Ok::<_, BatchesError>(ours)
            };
            if matches!(renewed.await, Ok(false)) {
                return;
            }
        }
    }
}

fn told(ended: Result<(Id, ()), JoinError>) -> Id {
    match ended {
        Ok((id, ())) => id,
        Err(error) => {
            tracing::error!(%error, "work on a batch broke off; it goes on when its lease ends");
            error.id()
        }
    }
}

/// An error with its sources, for the log.
fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}

/// From where the batch stands to its end, or until `stop`.
async fn drive(held: &Held, stop: &CancellationToken) -> Result<(), Interrupted> {
    while !stop.is_cancelled() {
        let batch = held.row().await?;
        match batch.status() {
            BatchStatus::Validating => validate::validate(held, &batch).await?,
            BatchStatus::InProgress => execute::execute(held, &batch, stop).await?,
            BatchStatus::Finalizing | BatchStatus::Cancelling => finish::finish(held, &batch).await?,
            BatchStatus::Failed | BatchStatus::Completed | BatchStatus::Expired | BatchStatus::Cancelled => {
                return Ok(());
            }
        }
    }
    Ok(())
}
