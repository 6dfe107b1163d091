//! Background work in PostgreSQL: an outbox that business transactions write to, a queue that workers take from
//! (`for update skip locked`), and cron schedules.
//!
//! A room that has work puts a [`NewJob`] into its own transaction ([`enqueue`]): the work exists if and only if the change
//! that asked for it was committed. Workers ([`Worker`]) take due jobs, hold them under a lease that they renew, and run
//! the [`Handler`] of their kind.
//!
//! Invariants
//! - At least once: a worker that dies leaves its job to another when the lease ends. Handlers are idempotent.
//! - A failed job is tried again with exponential backoff and full jitter, `max_attempts` times in all; then it stays
//!   as `failed` with its last error for an operator to see.
//! - One schedule fires once, however many workers look at it.
//! - A deduplication key makes a second job of the same kind and key vanish while the first is not finished.

mod schedule;
mod store;
mod worker;

use chrono::{DateTime, Utc};
use db::DbError;
use serde_json::Value;
use shared::JobId;
use sqlx::PgConnection;

pub use schedule::{Schedule, ScheduleError};
pub use worker::{Handler, JobFailure, RunningJob, Worker};

/// Work to be done after the transaction commits.
#[derive(Debug, Clone)]
pub struct NewJob {
    pub kind: &'static str,
    pub payload: Value,
    pub dedup_key: Option<String>,
    pub run_at: DateTime<Utc>,
    pub max_attempts: i32,
}

impl NewJob {
    /// To be done at once, ten tries.
    pub fn now(kind: &'static str, payload: Value, now: DateTime<Utc>) -> Self {
        Self { kind, payload, dedup_key: None, run_at: now, max_attempts: 10 }
    }

    #[must_use]
    pub fn dedup(mut self, key: impl Into<String>) -> Self {
        self.dedup_key = Some(key.into());
        self
    }
}

/// Puts a job into the outbox of the transaction at hand.
pub async fn enqueue(connection: &mut PgConnection, job: &NewJob, now: DateTime<Utc>) -> Result<(), DbError> {
    store::enqueue(connection, JobId::generate(), job, now).await
}
