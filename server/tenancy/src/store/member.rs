//! Members, without their password hashes: operators read here too, and have no grant on those.

use chrono::{DateTime, Utc};
use db::TenantTx;
use shared::{MemberId, Role};
use shared_api::tenancy::{Member, MemberChange};
use uuid::Uuid;

use crate::TenancyError;

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    name: String,
    role: String,
    created_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
    last_sign_in_at: Option<DateTime<Utc>>,
}

impl From<Row> for Member {
    fn from(row: Row) -> Self {
        let Row { id, email, name, role, created_at, disabled_at, last_sign_in_at } = row;
        // The least there is, for a role that this release does not know.
        let role = role.parse().unwrap_or(Role::Viewer);
        Self { id: MemberId::from_uuid(id), email, name, role, created_at, disabled_at, last_sign_in_at }
    }
}

/// In the order of their joining.
pub async fn list(
    tx: &mut TenantTx,
    after: Option<MemberId>,
    rows: i64,
) -> Result<Vec<Member>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<Row> = sqlx::query_as(
        "select id, email, name, role, created_at, disabled_at, last_sign_in_at from members \
         where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit $3",
    )
    .bind(tenant)
    .bind(after.map(MemberId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(Member::from).collect())
}

pub async fn get(tx: &mut TenantTx, id: MemberId) -> Result<Option<Member>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found: Option<Row> = sqlx::query_as(
        "select id, email, name, role, created_at, disabled_at, last_sign_in_at from members where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(id.uuid())
    .fetch_optional(tx.conn())
    .await?;
    Ok(found.map(Member::from))
}

pub async fn exists(tx: &mut TenantTx, email: &str) -> Result<bool, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let exists = sqlx::query_scalar(
        "select exists (select from members where tenant_id = $1 and email_key = lower($2))",
    )
    .bind(tenant)
    .bind(email)
    .fetch_one(tx.conn())
    .await?;
    Ok(exists)
}

/// How many owners can sign in, none of whom changes until the transaction ends.
pub async fn hold_owners(tx: &mut TenantTx) -> Result<usize, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let owners: Vec<Uuid> = sqlx::query_scalar(
        "select id from members where tenant_id = $1 and role = 'owner' and disabled_at is null order by id for update",
    )
    .bind(tenant)
    .fetch_all(tx.conn())
    .await?;
    Ok(owners.len())
}

/// Absent values stay. None when there is no such member.
pub async fn update(
    tx: &mut TenantTx,
    id: MemberId,
    change: &MemberChange,
    now: DateTime<Utc>,
) -> Result<Option<Member>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let updated: Option<Row> = sqlx::query_as(
        "update members set role = coalesce($3, role), \
         disabled_at = case when $4 then coalesce(disabled_at, $5) when not $4 then null else disabled_at end \
         where tenant_id = $1 and id = $2 \
         returning id, email, name, role, created_at, disabled_at, last_sign_in_at",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(change.role.map(Role::as_str))
    .bind(change.disabled)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(updated.map(Member::from))
}

pub async fn end_sessions(tx: &mut TenantTx, id: MemberId) -> Result<(), TenancyError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("delete from sessions where tenant_id = $1 and member_id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Sessions and tokens go with the member, by their foreign keys.
pub async fn delete(tx: &mut TenantTx, id: MemberId) -> Result<(), TenancyError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("delete from members where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .execute(tx.conn())
        .await?;
    Ok(())
}
