//! Sessions.

use chrono::{DateTime, TimeDelta, Utc};
use db::{DbError, SystemTx};
use serde_json::Value;

use crate::session::Who;

pub struct SessionRow {
    pub hash: [u8; 32],
    pub data: Value,
    pub who: Option<Who>,
    pub user_agent: Option<String>,
    pub expires_at: DateTime<Utc>,
}

impl SessionRow {
    fn operator(&self) -> Option<uuid::Uuid> {
        self.who.and_then(|who| match who {
            Who::Operator { id } => Some(id.uuid()),
            Who::Member { .. } => None,
        })
    }

    fn member(&self) -> (Option<uuid::Uuid>, Option<uuid::Uuid>) {
        match self.who {
            Some(Who::Member { tenant_id, id }) => (Some(tenant_id.uuid()), Some(id.uuid())),
            _ => (None, None),
        }
    }
}

/// False when the id is taken.
pub async fn create(tx: &mut SystemTx, row: &SessionRow, now: DateTime<Utc>) -> Result<bool, DbError> {
    let (tenant, member) = row.member();
    let done = sqlx::query(
        "insert into sessions (id_hash, tenant_id, member_id, operator_id, data, user_agent, created_at, last_seen_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $7, $8) on conflict do nothing",
    )
    .bind(row.hash.as_slice())
    .bind(tenant)
    .bind(member)
    .bind(row.operator())
    .bind(&row.data)
    .bind(&row.user_agent)
    .bind(now)
    .bind(row.expires_at)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

/// Updates a session that exists; one that was revoked meanwhile stays gone.
pub async fn save(tx: &mut SystemTx, row: &SessionRow, now: DateTime<Utc>) -> Result<(), DbError> {
    let (tenant, member) = row.member();
    sqlx::query(
        "update sessions set tenant_id = $2, member_id = $3, operator_id = $4, data = $5, user_agent = $6, last_seen_at = $7, expires_at = $8 \
         where id_hash = $1",
    )
    .bind(row.hash.as_slice())
    .bind(tenant)
    .bind(member)
    .bind(row.operator())
    .bind(&row.data)
    .bind(&row.user_agent)
    .bind(now)
    .bind(row.expires_at)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn load(
    tx: &mut SystemTx,
    hash: &[u8; 32],
    now: DateTime<Utc>,
    longest: TimeDelta,
) -> Result<Option<(Value, DateTime<Utc>)>, DbError> {
    Ok(sqlx::query_as(
        "select data, expires_at from sessions where id_hash = $1 and expires_at > $2 and created_at > $3",
    )
    .bind(hash.as_slice())
    .bind(now)
    .bind(now - longest)
    .fetch_optional(tx.conn())
    .await?)
}

pub async fn delete(tx: &mut SystemTx, hash: &[u8; 32]) -> Result<(), DbError> {
    sqlx::query("delete from sessions where id_hash = $1").bind(hash.as_slice()).execute(tx.conn()).await?;
    Ok(())
}
