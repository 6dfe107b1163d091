//! Sessions as people see and end them. A session's public id is the beginning of its cookie's hash (see
//! [`access::session::public_id`]).

use access::session::{LONGEST, public_id};
use chrono::{DateTime, Utc};
use db::{OperatorTx, TenantTx};
use shared::{MemberId, OperatorId, SessionId};
use shared_api::identity::MySession;

use crate::IdentityError;

#[derive(sqlx::FromRow)]
struct Row {
    id_hash: Vec<u8>,
    user_agent: Option<String>,
    created_at: DateTime<Utc>,
    last_seen_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
}

fn session(row: Row, current: Option<SessionId>) -> MySession {
    let Row { id_hash, user_agent, created_at, last_seen_at, expires_at } = row;
    let id = public_id(&id_hash);
    let expires_at = expires_at.min(created_at + LONGEST);
    MySession { id, current: current == Some(id), user_agent, created_at, last_seen_at, expires_at }
}

fn bytes(id: SessionId) -> Vec<u8> {
    id.uuid().as_bytes().to_vec()
}

/// More than anybody has open; a list that is whole.
const MOST: i64 = 200;

pub async fn of_member(
    tx: &mut TenantTx,
    id: MemberId,
    current: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<Vec<MySession>, IdentityError> {
    let tenant = tx.tenant_id().uuid();
    let rows: Vec<Row> = sqlx::query_as(
        "select id_hash, user_agent, created_at, last_seen_at, expires_at from sessions \
         where tenant_id = $1 and member_id = $2 and expires_at > $3 and created_at > $4 order by created_at desc limit $5",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(now)
    .bind(now - LONGEST)
    .bind(MOST)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| session(row, current)).collect())
}

pub async fn of_operator(
    tx: &mut OperatorTx,
    id: OperatorId,
    current: Option<SessionId>,
    now: DateTime<Utc>,
) -> Result<Vec<MySession>, IdentityError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id_hash, user_agent, created_at, last_seen_at, expires_at from sessions \
         where operator_id = $1 and expires_at > $2 and created_at > $3 order by created_at desc limit $4",
    )
    .bind(id.uuid())
    .bind(now)
    .bind(now - LONGEST)
    .bind(MOST)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| session(row, current)).collect())
}

/// False when the member has no such session.
pub async fn end_of_member(
    tx: &mut TenantTx,
    id: MemberId,
    session: SessionId,
) -> Result<bool, IdentityError> {
    let tenant = tx.tenant_id().uuid();
    let done = sqlx::query(
        "delete from sessions where tenant_id = $1 and member_id = $2 and substring(id_hash from 1 for 16) = $3",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(bytes(session))
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// False when the operator has no such session.
pub async fn end_of_operator(
    tx: &mut OperatorTx,
    id: OperatorId,
    session: SessionId,
) -> Result<bool, IdentityError> {
    let done =
        sqlx::query("delete from sessions where operator_id = $1 and substring(id_hash from 1 for 16) = $2")
            .bind(id.uuid())
            .bind(bytes(session))
            .execute(tx.conn())
            .await?;
    Ok(done.rows_affected() > 0)
}

pub async fn end_all_of_member(
    tx: &mut TenantTx,
    id: MemberId,
    but: Option<SessionId>,
) -> Result<(), IdentityError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "delete from sessions where tenant_id = $1 and member_id = $2 \
         and ($3::bytea is null or substring(id_hash from 1 for 16) <> $3)",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(but.map(bytes))
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn end_all_of_operator(
    tx: &mut OperatorTx,
    id: OperatorId,
    but: Option<SessionId>,
) -> Result<(), IdentityError> {
    sqlx::query(
        "delete from sessions where operator_id = $1 and ($2::bytea is null or substring(id_hash from 1 for 16) <> $2)",
    )
    .bind(id.uuid())
    .bind(but.map(bytes))
    .execute(tx.conn())
    .await?;
    Ok(())
}
