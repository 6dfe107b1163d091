//! What is finished of open batches.

use db::TenantTx;
use shared::BatchId;

use crate::BatchesError;

/// A line that has its answer, or that must be tried again.
#[derive(Debug, Clone)]
pub struct Outcome {
    pub line: u32,
    /// Tries that led to no answer.
    pub tries: u16,
    pub ok: bool,
    /// One line of a file; None when it must be tried again.
    pub result: Option<String>,
}

/// Keeps outcomes. A line that has its result keeps it. The lines that are finished by this, and whether they are ok.
pub async fn keep(
    tx: &mut TenantTx,
    batch: BatchId,
    outcomes: &[Outcome],
) -> Result<Vec<(u32, bool)>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let lines: Vec<i32> = outcomes.iter().map(|o| o.line as i32).collect();
    let tries: Vec<i16> = outcomes.iter().map(|o| i16::try_from(o.tries).unwrap_or(i16::MAX)).collect();
    let oks: Vec<bool> = outcomes.iter().map(|o| o.ok).collect();
    let results: Vec<Option<&str>> = outcomes.iter().map(|o| o.result.as_deref()).collect();
    let kept: Vec<(i32, bool, bool)> = sqlx::query_as(
        "insert into batch_results as r (tenant_id, batch_id, line, tries, ok, result) \
         select $1, $2, * from unnest($3::int[], $4::smallint[], $5::bool[], $6::text[]) \
         on conflict (tenant_id, batch_id, line) do update \
         set tries = excluded.tries, ok = excluded.ok, result = excluded.result where r.result is null \
         returning line, ok, result is not null",
    )
    .bind(tenant)
    .bind(batch.uuid())
    .bind(&lines)
    .bind(&tries)
    .bind(&oks)
    .bind(&results)
    .fetch_all(tx.conn())
    .await?;
    Ok(kept.into_iter().filter(|(.., finished)| *finished).map(|(line, ok, _)| (line as u32, ok)).collect())
}

/// Line, tries so far, finished.
pub async fn known(tx: &mut TenantTx, batch: BatchId) -> Result<Vec<(u32, u16, bool)>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let known: Vec<(i32, i16, bool)> = sqlx::query_as(
        "select line, tries, result is not null from batch_results where tenant_id = $1 and batch_id = $2",
    )
    .bind(tenant)
    .bind(batch.uuid())
    .fetch_all(tx.conn())
    .await?;
    Ok(known.into_iter().map(|(line, tries, done)| (line as u32, tries.unsigned_abs(), done)).collect())
}

/// Results in the order of the lines, from the one after `after`.
pub async fn page(
    tx: &mut TenantTx,
    batch: BatchId,
    ok: bool,
    after: u32,
    rows: i64,
) -> Result<Vec<(u32, String)>, BatchesError> {
    let tenant = tx.tenant_id().uuid();
    let page: Vec<(i32, String)> = sqlx::query_as(
        "select line, result from batch_results where tenant_id = $1 and batch_id = $2 and ok = $3 and line > $4 \
         and result is not null order by line limit $5",
    )
    .bind(tenant)
    .bind(batch.uuid())
    .bind(ok)
    .bind(after as i32)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(page.into_iter().map(|(line, result)| (line as u32, result)).collect())
}

/// They stand in the files now.
pub async fn clear(tx: &mut TenantTx, batch: BatchId) -> Result<(), BatchesError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("delete from batch_results where tenant_id = $1 and batch_id = $2")
        .bind(tenant)
        .bind(batch.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}
