//! A worker: takes due jobs and runs their handlers.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use db::{Database, DbError};
use rand::RngExt;
use serde_json::Value;
use shared::{Clock, JobId};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::{NewJob, Schedule, store};

/// How long a worker may be silent before its job is another's.
const LEASE: TimeDelta = TimeDelta::seconds(60);
/// How long an idle worker waits before it looks again.
const IDLE: Duration = Duration::from_millis(500);
const FIRST_BACKOFF_S: u64 = 2;
const LONGEST_BACKOFF_S: u64 = 3600;

/// A job in the hands of its handler.
#[derive(Debug, Clone)]
pub struct RunningJob {
    pub id: JobId,
    pub payload: Value,
    /// 1 at the first try.
    pub attempt: i32,
}

/// Why a job did not succeed.
#[derive(Debug, thiserror::Error)]
pub enum JobFailure {
    /// Worth another try.
    #[error("{0}")]
    Retry(String),
    /// No try will help.
    #[error("{0}")]
    Fatal(String),
}

/// Does the work of one kind. Called again after a failure or a lost worker: it must be idempotent.
#[async_trait::async_trait]
pub trait Handler: Send + Sync + 'static {
    async fn run(&self, job: RunningJob) -> Result<(), JobFailure>;
}

/// Runs jobs one after another until told to stop. Start several for more at once.
pub struct Worker {
    db: Database,
    clock: Clock,
    name: String,
    handlers: HashMap<String, Arc<dyn Handler>>,
    schedules: Vec<Schedule>,
}

impl Worker {
    pub fn new(db: Database, clock: Clock) -> Self {
        Self { db, clock, name: Uuid::now_v7().to_string(), handlers: HashMap::new(), schedules: Vec::new() }
    }

    #[must_use]
    pub fn handle(mut self, kind: &str, handler: Arc<dyn Handler>) -> Self {
        self.handlers.insert(kind.to_owned(), handler);
        self
    }

    #[must_use]
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedules.push(schedule);
        self
    }

    /// Works until `stop`; the job in hand is finished first. A database that is away is waited for.
    pub async fn run(self, stop: CancellationToken) {
        while let Err(error) = self.register().await {
            tracing::warn!(%error, "job schedules are not registered yet");
            if pause(&stop, IDLE * 4).await {
                return;
            }
        }
        while !stop.is_cancelled() {
            let worked = match self.step().await {
                Ok(worked) => worked,
                Err(error) => {
                    tracing::warn!(%error, "job queue is not reachable");
                    false
                }
            };
            if !worked && pause(&stop, IDLE).await {
                return;
            }
        }
    }

    async fn register(&self) -> Result<(), DbError> {
        let now = self.clock.now();
        let mut tx = self.db.system().await?;
        for schedule in &self.schedules {
            if let Some(next) = schedule.next_after(now) {
                store::register(&mut tx, schedule.name, schedule.pattern(), next).await?;
            }
        }
        tx.commit().await
    }

    /// Fires due schedules and runs one due job. True when there was one.
    pub async fn step(&self) -> Result<bool, DbError> {
        self.fire_due().await?;
        let now = self.clock.now();
        let kinds: Vec<_> = self.handlers.keys().cloned().collect();
        let mut tx = self.db.system().await?;
        let taken = store::take(&mut tx, &kinds, &self.name, now, now + LEASE).await?;
        tx.commit().await?;
        let Some(taken) = taken else { return Ok(false) };
        let Some(handler) = self.handlers.get(&taken.kind) else { return Ok(false) };
        let job = RunningJob { id: taken.id, payload: taken.payload.clone(), attempt: taken.attempts };
        let outcome = self.under_lease(taken.id, handler.run(job)).await;
        self.record(&taken, outcome).await?;
        Ok(true)
    }

    async fn fire_due(&self) -> Result<(), DbError> {
        let now = self.clock.now();
        for schedule in &self.schedules {
            let Some(next) = schedule.next_after(now) else { continue };
            let mut tx = self.db.system().await?;
            if store::fire(&mut tx, schedule.name, now, next).await? {
                let job = NewJob::now(schedule.name, Value::Null, now).dedup(schedule.name);
                crate::enqueue(tx.conn(), &job, now).await?;
            }
            tx.commit().await?;
        }
        Ok(())
    }

    /// The work, with its lease renewed three times within each lease.
    async fn under_lease(
        &self,
        id: JobId,
        work: impl Future<Output = Result<(), JobFailure>>,
    ) -> Result<(), JobFailure> {
        let mut work = std::pin::pin!(work);
        let every = LEASE.to_std().unwrap_or(Duration::from_mins(1)) / 3;
        loop {
            match tokio::time::timeout(every, &mut work).await {
                Ok(outcome) => return outcome,
                Err(_) => {
                    if !self.renew(id).await {
                        return Err(JobFailure::Retry("the lease was lost".to_owned()));
                    }
                }
            }
        }
    }

    /// False when the job is another's. A database that is away does not end the work: the lease decides later.
    async fn renew(&self, id: JobId) -> bool {
        let until = self.clock.now() + LEASE;
        let renewed = async {
            let mut tx = self.db.system().await?;
            let ours = store::renew(&mut tx, id, &self.name, until).await?;
            tx.commit().await.map(|()| ours)
        };
        renewed.await.unwrap_or(true)
    }

    async fn record(&self, taken: &store::Taken, outcome: Result<(), JobFailure>) -> Result<(), DbError> {
        let now = self.clock.now();
        let mut tx = self.db.system().await?;
        match outcome {
            Ok(()) => store::succeed(&mut tx, taken.id, &self.name, now).await?,
            Err(failure) => {
                let more = matches!(failure, JobFailure::Retry(_)) && taken.attempts < taken.max_attempts;
                tracing::warn!(job = %taken.id, kind = taken.kind, attempt = taken.attempts, error = %failure, retried = more, "job failed");
                let again = more.then(|| backoff(taken.attempts, now));
                store::fail(&mut tx, taken.id, &self.name, &failure.to_string(), again, now).await?;
            }
        }
        tx.commit().await
    }
}

/// Exponential backoff with full jitter.
fn backoff(attempts: i32, now: DateTime<Utc>) -> DateTime<Utc> {
    let ceiling = (FIRST_BACKOFF_S << attempts.clamp(1, 12)).min(LONGEST_BACKOFF_S);
    now + TimeDelta::milliseconds(rand::rng().random_range(0..ceiling * 1000) as i64)
}

/// Waits; true when told to stop.
async fn pause(stop: &CancellationToken, how_long: Duration) -> bool {
    tokio::select! {
        () = stop.cancelled() => true,
        () = tokio::time::sleep(how_long) => false,
    }
}
