//! Members, as far as signing in and one's own profile need them. Runs as `switchyard_app`: operators have no grant on
//! password hashes.

use chrono::{DateTime, Utc};
use db::{OnConstraint, TenantTx};
use shared::{MemberId, Role};
use shared_api::{
    identity::{DisplayName, MyTenant},
    tenancy::TenantStatus,
};
use uuid::Uuid;

use crate::{IdentityError, NewMember};

#[derive(sqlx::FromRow)]
pub struct Credentials {
    id: Uuid,
    pub email: String,
    pub name: String,
    role: String,
    pub password_hash: Option<String>,
}

impl Credentials {
    pub fn id(&self) -> MemberId {
        MemberId::from_uuid(self.id)
    }

    /// The least there is, for a role that this release does not know.
    pub fn role(&self) -> Role {
        self.role.parse().unwrap_or(Role::Viewer)
    }
}

/// What signing in needs of a member who may.
pub async fn credentials(tx: &mut TenantTx, email: &str) -> Result<Option<Credentials>, IdentityError> {
    let tenant = tx.tenant_id().uuid();
    let found = sqlx::query_as(
        "select id, email, name, role, password_hash from members \
         where tenant_id = $1 and email_key = lower($2) and disabled_at is null",
    )
    .bind(tenant)
    .bind(email.trim())
    .fetch_optional(tx.conn())
    .await?;
    Ok(found)
}

pub async fn password_hash(tx: &mut TenantTx, id: MemberId) -> Result<Option<String>, IdentityError> {
    let tenant = tx.tenant_id().uuid();
    let found: Option<Option<String>> =
        sqlx::query_scalar("select password_hash from members where tenant_id = $1 and id = $2")
            .bind(tenant)
            .bind(id.uuid())
            .fetch_optional(tx.conn())
            .await?;
    Ok(found.flatten())
}

pub async fn set_password(tx: &mut TenantTx, id: MemberId, hash: &str) -> Result<(), IdentityError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("update members set password_hash = $3 where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .bind(hash)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn rename(tx: &mut TenantTx, id: MemberId, name: &DisplayName) -> Result<(), IdentityError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("update members set name = $3 where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .bind(name.as_str())
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn note_sign_in(tx: &mut TenantTx, id: MemberId, now: DateTime<Utc>) -> Result<(), IdentityError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("update members set last_sign_in_at = $3 where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn insert(
    tx: &mut TenantTx,
    id: MemberId,
    member: &NewMember<'_>,
    now: DateTime<Utc>,
) -> Result<(), IdentityError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "insert into members (tenant_id, id, email, name, role, password_hash, created_at) values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(member.email.as_str())
    .bind(member.name.as_str())
    .bind(member.role.as_str())
    .bind(member.password_hash)
    .bind(now)
    .execute(tx.conn())
    .await
    .map(drop)
    .on_constraint("members_email", || IdentityError::EmailTaken)
}

/// The transaction's tenant, unless it was deleted.
pub async fn tenant(tx: &mut TenantTx) -> Result<Option<MyTenant>, IdentityError> {
    let id = tx.tenant_id();
    let found: Option<(String, String, String, bool)> =
        sqlx::query_as("select slug, name, status, demo from tenants where id = $1 and status <> 'deleted'")
            .bind(id.uuid())
            .fetch_optional(tx.conn())
            .await?;
    Ok(found.map(|(slug, name, status, demo)| {
        let status = if status == "active" { TenantStatus::Active } else { TenantStatus::Suspended };
        MyTenant { id, slug, name, status, demo }
    }))
}
