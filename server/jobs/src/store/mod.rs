//! All SQL of this room.

use chrono::{DateTime, Utc};
use db::{DbError, SystemTx};
use serde_json::Value;
use shared::JobId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::NewJob;

pub struct Taken {
    pub id: JobId,
    pub kind: String,
    pub payload: Value,
    pub attempts: i32,
    pub max_attempts: i32,
}

/// The role that writes may hold no right to read: a conflict is left to the bare `on conflict do nothing`.
pub async fn enqueue(
    connection: &mut PgConnection,
    id: JobId,
    job: &NewJob,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query(
        "insert into jobs (id, kind, payload, dedup_key, run_at, max_attempts, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
    )
    .bind(id.uuid())
    .bind(job.kind)
    .bind(&job.payload)
    .bind(&job.dedup_key)
    .bind(job.run_at)
    .bind(job.max_attempts)
    .bind(now)
    .execute(connection)
    .await?;
    Ok(())
}

/// Takes the job that is due longest, or whose worker is gone.
pub async fn take(
    tx: &mut SystemTx,
    kinds: &[String],
    worker: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Taken>, DbError> {
    let row: Option<(Uuid, String, Value, i32, i32)> = sqlx::query_as(
        "update jobs set state = 'running', attempts = attempts + 1, locked_by = $2, locked_until = $4 \
         where id = (select id from jobs where kind = any($1) and run_at <= $3 \
                     and (state = 'queued' or (state = 'running' and locked_until < $3)) \
                     order by run_at for update skip locked limit 1) \
         returning id, kind, payload, attempts, max_attempts",
    )
    .bind(kinds)
    .bind(worker)
    .bind(now)
    .bind(until)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|(id, kind, payload, attempts, max_attempts)| Taken {
        id: JobId::from_uuid(id),
        kind,
        payload,
        attempts,
        max_attempts,
    }))
}

/// False when the job is not this worker's any more.
pub async fn renew(
    tx: &mut SystemTx,
    id: JobId,
    worker: &str,
    until: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "update jobs set locked_until = $3 where id = $1 and locked_by = $2 and state = 'running'",
    )
    .bind(id.uuid())
    .bind(worker)
    .bind(until)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn succeed(tx: &mut SystemTx, id: JobId, worker: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query(
        "update jobs set state = 'succeeded', finished_at = $3, locked_by = null, locked_until = null, last_error = null \
         where id = $1 and locked_by = $2",
    )
    .bind(id.uuid())
    .bind(worker)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Back into the queue at `again`, or failed for good when there is no further try.
pub async fn fail(
    tx: &mut SystemTx,
    id: JobId,
    worker: &str,
    error: &str,
    again: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query(
        "update jobs set state = case when $4::timestamptz is null then 'failed' else 'queued' end, \
         run_at = coalesce($4, run_at), finished_at = case when $4::timestamptz is null then $5 end, \
         last_error = $3, locked_by = null, locked_until = null where id = $1 and locked_by = $2",
    )
    .bind(id.uuid())
    .bind(worker)
    .bind(error)
    .bind(again)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// Makes a schedule known, keeping its next moment where the pattern is unchanged.
pub async fn register(tx: &mut SystemTx, name: &str, cron: &str, next: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query(
        "insert into job_schedules (name, cron, next_run_at) values ($1, $2, $3) on conflict (name) do update \
         set cron = excluded.cron, next_run_at = case when job_schedules.cron = excluded.cron then job_schedules.next_run_at \
         else excluded.next_run_at end",
    )
    .bind(name)
    .bind(cron)
    .bind(next)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// True for the one worker that moves a due schedule on.
pub async fn fire(
    tx: &mut SystemTx,
    name: &str,
    now: DateTime<Utc>,
    next: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "update job_schedules set last_run_at = $2, next_run_at = $3 where name = $1 and next_run_at <= $2",
    )
    .bind(name)
    .bind(now)
    .bind(next)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
