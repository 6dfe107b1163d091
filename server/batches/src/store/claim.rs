//! Who works on which batch: a lease, taken under a lock and renewed. Spans tenants, so it knows ids and states alone.

use chrono::{DateTime, Utc};
use db::SystemTx;
use shared::{BatchId, TenantId};
use uuid::Uuid;

use crate::BatchesError;

/// A batch in the hands of this worker.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Claimed {
    pub tenant: TenantId,
    pub batch: BatchId,
}

/// Takes an open batch that nobody holds: of the tenant that has the fewest under way, the oldest first. `per_tenant`:
/// how many of one tenant may be held at once. `but`: not these. A suspended tenant's batches wait, until they expire.
pub async fn take(
    tx: &mut SystemTx,
    worker: &str,
    but: &[Uuid],
    per_tenant: i64,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Option<Claimed>, BatchesError> {
    let row: Option<(Uuid, Uuid)> = sqlx::query_as(
        "with held as (\
           select tenant_id, count(*) as batches from batches \
           where locked_by is not null and locked_until >= $2 group by tenant_id), \
         due as (\
           select b.tenant_id, b.id from batches b join tenants t on t.id = b.tenant_id \
           left join held h on h.tenant_id = b.tenant_id \
           where b.status in ('validating', 'in_progress', 'finalizing', 'cancelling') \
           and (b.locked_until is null or b.locked_until < $2) and coalesce(h.batches, 0) < $4 and b.id <> all($5) \
           and (t.status = 'active' or (t.status = 'suspended' and b.expires_at <= $2)) \
           order by coalesce(h.batches, 0), b.created_at, b.id limit 1 for update of b skip locked) \
         update batches b set locked_by = $1, locked_until = $3 from due \
         where b.tenant_id = due.tenant_id and b.id = due.id returning b.tenant_id, b.id",
    )
    .bind(worker)
    .bind(now)
    .bind(until)
    .bind(per_tenant)
    .bind(but)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(|(tenant, batch)| Claimed {
        tenant: TenantId::from_uuid(tenant),
        batch: BatchId::from_uuid(batch),
    }))
}

/// False when it is another's, or gone.
pub async fn renew(
    tx: &mut SystemTx,
    claimed: Claimed,
    worker: &str,
    until: DateTime<Utc>,
) -> Result<bool, BatchesError> {
    let done = sqlx::query(
        "update batches set locked_until = $4 where tenant_id = $1 and id = $2 and locked_by = $3",
    )
    .bind(claimed.tenant.uuid())
    .bind(claimed.batch.uuid())
    .bind(worker)
    .bind(until)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Gives it back: at once, or not before `until` where another try now would fail as well.
pub async fn release(
    tx: &mut SystemTx,
    claimed: Claimed,
    worker: &str,
    until: Option<DateTime<Utc>>,
) -> Result<(), BatchesError> {
    sqlx::query(
        "update batches set locked_by = null, locked_until = $4 where tenant_id = $1 and id = $2 and locked_by = $3",
    )
    .bind(claimed.tenant.uuid())
    .bind(claimed.batch.uuid())
    .bind(worker)
    .bind(until)
    .execute(tx.conn())
    .await?;
    Ok(())
}
