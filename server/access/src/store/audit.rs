//! Rows of the audit log.

use chrono::{DateTime, SubsecRound, Utc};
use db::{DbError, OperatorTx, TenantTx};
use sha2::{Digest, Sha256};

use crate::audit::{Begun, Phase};

/// The lock of the operators' chain; a tenant's is made from its id.
const OPERATOR_LOCK: i64 = 0x5359_4155_4449_5401;

struct Link {
    seq: i64,
    prev: Vec<u8>,
    hash: Vec<u8>,
    at: DateTime<Utc>,
}

fn link(last: Option<(i64, Vec<u8>)>, chain: &str, begun: &Begun, phase: Phase, at: DateTime<Utc>) -> Link {
    let (seq, prev) = last.map_or((1, vec![0; 32]), |(seq, hash)| (seq + 1, hash));
    // PostgreSQL keeps microseconds: hash what will be read back.
    let at = at.trunc_subsecs(6);
    let (seq_text, at_text, id) =
        (seq.to_string(), at.timestamp_micros().to_string(), begun.action_id.to_string());
    let fields = [
        chain,
        &seq_text,
        &id,
        phase.as_str(),
        &at_text,
        &begun.actor,
        &begun.action,
        &begun.resource,
        begun.request_id.as_deref().unwrap_or(""),
        "{}",
    ];
    let mut hash = Sha256::new();
    hash.update(&prev);
    for field in fields {
        hash.update((field.len() as u64).to_le_bytes());
        hash.update(field);
    }
    Link { seq, prev, hash: hash.finalize().to_vec(), at }
}

pub async fn append_tenant(
    tx: &mut TenantTx,
    begun: &Begun,
    phase: Phase,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    let tenant = tx.tenant_id();
    sqlx::query("select pg_advisory_xact_lock(hashtextextended($1, 0))")
        .bind(tenant.to_string())
        .execute(tx.conn())
        .await?;
    let last =
        sqlx::query_as("select seq, hash from audit_log where tenant_id = $1 order by seq desc limit 1")
            .bind(tenant.uuid())
            .fetch_optional(tx.conn())
            .await?;
    let link = link(last, &tenant.to_string(), begun, phase, at);
    sqlx::query(
        "insert into audit_log (tenant_id, seq, action_id, phase, at, actor, action, resource, request_id, prev_hash, hash) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
    )
    .bind(tenant.uuid())
    .bind(link.seq)
    .bind(begun.action_id.uuid())
    .bind(phase.as_str())
    .bind(link.at)
    .bind(&begun.actor)
    .bind(&begun.action)
    .bind(&begun.resource)
    .bind(&begun.request_id)
    .bind(link.prev)
    .bind(link.hash)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn append_operator(
    tx: &mut OperatorTx,
    begun: &Begun,
    phase: Phase,
    at: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(OPERATOR_LOCK).execute(tx.conn()).await?;
    let last = sqlx::query_as("select seq, hash from operator_audit_log order by seq desc limit 1")
        .fetch_optional(tx.conn())
        .await?;
    let link = link(last, "operator", begun, phase, at);
    sqlx::query(
        "insert into operator_audit_log (seq, action_id, phase, at, actor, action, resource, request_id, prev_hash, hash) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)",
    )
    .bind(link.seq)
    .bind(begun.action_id.uuid())
    .bind(phase.as_str())
    .bind(link.at)
    .bind(&begun.actor)
    .bind(&begun.action)
    .bind(&begun.resource)
    .bind(&begun.request_id)
    .bind(link.prev)
    .bind(link.hash)
    .execute(tx.conn())
    .await?;
    Ok(())
}
