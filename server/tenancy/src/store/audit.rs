//! The audit log for people to read: the two rows of an action as one.

use chrono::{DateTime, Utc};
use db::{OperatorTx, TenantTx};
use shared::AuditActionId;
use shared_api::tenancy::{AuditEntry, AuditOutcome};
use uuid::Uuid;

use crate::TenancyError;

#[derive(sqlx::FromRow)]
struct Row {
    seq: i64,
    action_id: Uuid,
    begun_at: DateTime<Utc>,
    ended_at: Option<DateTime<Utc>>,
    outcome: Option<String>,
    actor: String,
    actor_email: Option<String>,
    action: String,
    resource: String,
    request_id: Option<String>,
}

impl From<Row> for AuditEntry {
    fn from(row: Row) -> Self {
        let outcome = row.outcome.map(|phase| match phase.as_str() {
            "success" => AuditOutcome::Success,
            "denied" => AuditOutcome::Denied,
            "timeout" => AuditOutcome::Timeout,
            _ => AuditOutcome::Error,
        });
        Self {
            action_id: AuditActionId::from_uuid(row.action_id),
            seq: row.seq,
            begun_at: row.begun_at,
            ended_at: row.ended_at,
            outcome,
            actor: row.actor,
            actor_email: row.actor_email,
            action: row.action,
            resource: row.resource,
            request_id: row.request_id,
        }
    }
}

/// A tenant's actions, newest first.
pub async fn of_tenant(
    tx: &mut TenantTx,
    before: Option<i64>,
    rows: i64,
) -> Result<Vec<AuditEntry>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<Row> = sqlx::query_as(
        "select b.seq, b.action_id, b.at as begun_at, e.at as ended_at, e.phase as outcome, b.actor, \
           m.email as actor_email, b.action, b.resource, b.request_id \
         from audit_log b \
         left join lateral (select at, phase from audit_log where tenant_id = $1 and action_id = b.action_id \
           and phase <> 'begun' order by seq limit 1) e on true \
         left join members m on m.tenant_id = $1 and b.actor = 'member:mem_' || replace(m.id::text, '-', '') \
         where b.tenant_id = $1 and b.phase = 'begun' and ($2::bigint is null or b.seq < $2) \
         order by b.seq desc limit $3",
    )
    .bind(tenant)
    .bind(before)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(AuditEntry::from).collect())
}

/// The operators' actions, newest first.
pub async fn of_operators(
    tx: &mut OperatorTx,
    before: Option<i64>,
    rows: i64,
) -> Result<Vec<AuditEntry>, TenancyError> {
    let found: Vec<Row> = sqlx::query_as(
        "select b.seq, b.action_id, b.at as begun_at, e.at as ended_at, e.phase as outcome, b.actor, \
           o.email as actor_email, b.action, b.resource, b.request_id \
         from operator_audit_log b \
         left join lateral (select at, phase from operator_audit_log where action_id = b.action_id \
           and phase <> 'begun' order by seq limit 1) e on true \
         left join operators o on b.actor = 'operator:op_' || replace(o.id::text, '-', '') \
         where b.phase = 'begun' and ($1::bigint is null or b.seq < $1) order by b.seq desc limit $2",
    )
    .bind(before)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(AuditEntry::from).collect())
}
