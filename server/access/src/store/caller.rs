//! Who a credential stands for, as of now.

use chrono::{DateTime, TimeDelta, Utc};
use db::{DbError, OperatorTx, TenantTx};
use shared::{AccessTokenId, MemberId, OperatorId, OperatorTokenId, Role};
use uuid::Uuid;

pub struct OperatorRow {
    pub id: OperatorId,
    pub email: String,
    pub name: String,
}

pub struct MemberRow {
    pub id: MemberId,
    pub email: String,
    pub name: String,
    pub role: Role,
}

/// When a token's last use is written again, so that a busy one does not write at each request.
const USE_NOTED_EVERY: TimeDelta = TimeDelta::minutes(1);

pub async fn operator(tx: &mut OperatorTx, id: OperatorId) -> Result<Option<OperatorRow>, DbError> {
    let found: Option<(String, String)> =
        sqlx::query_as("select email, name from operators where id = $1 and disabled_at is null")
            .bind(id.uuid())
            .fetch_optional(tx.conn())
            .await?;
    Ok(found.map(|(email, name)| OperatorRow { id, email, name }))
}

pub async fn operator_by_token(
    tx: &mut OperatorTx,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<(OperatorRow, OperatorTokenId)>, DbError> {
    let found: Option<(Uuid, Uuid, String, String)> = sqlx::query_as(
        "select t.id, o.id, o.email, o.name from operator_tokens t join operators o on o.id = t.operator_id \
         where t.hash = $1 and t.revoked_at is null and (t.expires_at is null or t.expires_at > $2) and o.disabled_at is null",
    )
    .bind(hash.as_slice())
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    let Some((token, id, email, name)) = found else { return Ok(None) };
    sqlx::query("update operator_tokens set last_used_at = $2 where id = $1 and (last_used_at is null or last_used_at < $3)")
        .bind(token)
        .bind(now)
        .bind(now - USE_NOTED_EVERY)
        .execute(tx.conn())
        .await?;
    Ok(Some((OperatorRow { id: OperatorId::from_uuid(id), email, name }, OperatorTokenId::from_uuid(token))))
}

fn member_row(row: (Uuid, String, String, String)) -> Option<MemberRow> {
    let (id, email, name, role) = row;
    Some(MemberRow { id: MemberId::from_uuid(id), email, name, role: role.parse().ok()? })
}

pub async fn member(tx: &mut TenantTx, id: MemberId) -> Result<Option<MemberRow>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found = sqlx::query_as(
        "select id, email, name, role from members where tenant_id = $1 and id = $2 and disabled_at is null",
    )
    .bind(tenant)
    .bind(id.uuid())
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.and_then(member_row))
}

pub async fn member_by_token(
    tx: &mut TenantTx,
    token: AccessTokenId,
    now: DateTime<Utc>,
) -> Result<Option<MemberRow>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found = sqlx::query_as(
        "select m.id, m.email, m.name, m.role from access_tokens t \
         join members m on m.tenant_id = t.tenant_id and m.id = t.member_id \
         where t.tenant_id = $1 and t.id = $2 and t.revoked_at is null and (t.expires_at is null or t.expires_at > $3) \
         and m.disabled_at is null",
    )
    .bind(tenant)
    .bind(token.uuid())
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    sqlx::query(
        "update access_tokens set last_used_at = $3 where tenant_id = $1 and id = $2 and (last_used_at is null or last_used_at < $4)",
    )
    .bind(tenant)
    .bind(token.uuid())
    .bind(now)
    .bind(now - USE_NOTED_EVERY)
    .execute(tx.conn())
    .await?;
    Ok(found.and_then(member_row))
}

/// The status of the transaction's tenant; None when there is no such tenant.
pub async fn tenant_status(tx: &mut TenantTx) -> Result<Option<String>, DbError> {
    let tenant = tx.tenant_id().uuid();
    Ok(sqlx::query_scalar("select status from tenants where id = $1")
        .bind(tenant)
        .fetch_optional(tx.conn())
        .await?)
}
