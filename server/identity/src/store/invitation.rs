//! Invitations, as far as accepting one needs them.

use chrono::{DateTime, Utc};
use db::TenantTx;
use shared::{InvitationId, Role};

use crate::IdentityError;

#[derive(sqlx::FromRow)]
pub struct Open {
    pub email: String,
    role: String,
    pub expires_at: DateTime<Utc>,
}

impl Open {
    /// The least there is, for a role that this release does not know.
    pub fn role(&self) -> Role {
        self.role.parse().unwrap_or(Role::Viewer)
    }
}

/// An invitation that can be accepted now.
pub async fn open(
    tx: &mut TenantTx,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Option<Open>, IdentityError> {
    let tenant = tx.tenant_id().uuid();
    let found = sqlx::query_as(
        "select email, role, expires_at from invitations \
         where tenant_id = $1 and id = $2 and accepted_at is null and revoked_at is null and expires_at > $3",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(found)
}

/// Takes an invitation; None when somebody was quicker, or it is not open.
pub async fn take(
    tx: &mut TenantTx,
    id: InvitationId,
    now: DateTime<Utc>,
) -> Result<Option<Open>, IdentityError> {
    let tenant = tx.tenant_id().uuid();
    let taken = sqlx::query_as(
        "update invitations set accepted_at = $3 \
         where tenant_id = $1 and id = $2 and accepted_at is null and revoked_at is null and expires_at > $3 \
         returning email, role, expires_at",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(taken)
}
