//! Invitations.

use chrono::{DateTime, Utc};
use db::{OnConstraint, PgConnection, TenantTx};
use shared::{InvitationId, Role, TenantId};
use shared_api::tenancy::Invitation;
use uuid::Uuid;

use crate::{TenancyError, invitation::status};

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    role: String,
    invited_by: String,
    created_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    accepted_at: Option<DateTime<Utc>>,
    revoked_at: Option<DateTime<Utc>>,
}

impl Row {
    fn shown(self, now: DateTime<Utc>) -> Invitation {
        Invitation {
            id: InvitationId::from_uuid(self.id),
            status: status(self.accepted_at, self.revoked_at, self.expires_at, now),
            email: self.email,
            role: self.role.parse().unwrap_or(Role::Viewer),
            invited_by: self.invited_by,
            created_at: self.created_at,
            expires_at: self.expires_at,
        }
    }
}

/// Newest first.
pub async fn list(
    tx: &mut TenantTx,
    after: Option<InvitationId>,
    rows: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Invitation>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<Row> = sqlx::query_as(
        "select id, email, role, invited_by, created_at, expires_at, accepted_at, revoked_at from invitations \
         where tenant_id = $1 and ($2::uuid is null or id < $2) order by id desc limit $3",
    )
    .bind(tenant)
    .bind(after.map(InvitationId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.shown(now)).collect())
}

/// Keeps an open invitation. One to the same address that has expired gives way; one that is open does not.
pub async fn insert(
    connection: &mut PgConnection,
    tenant: TenantId,
    invitation: &Invitation,
    token_hash: &[u8; 32],
) -> Result<(), TenancyError> {
    sqlx::query(
        "update invitations set revoked_at = $3 where tenant_id = $1 and email_key = lower($2) \
         and accepted_at is null and revoked_at is null and expires_at <= $3",
    )
    .bind(tenant.uuid())
    .bind(&invitation.email)
    .bind(invitation.created_at)
    .execute(&mut *connection)
    .await?;
    sqlx::query(
        "insert into invitations (tenant_id, id, email, role, token_hash, invited_by, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8)",
    )
    .bind(tenant.uuid())
    .bind(invitation.id.uuid())
    .bind(&invitation.email)
    .bind(invitation.role.as_str())
    .bind(token_hash.as_slice())
    .bind(&invitation.invited_by)
    .bind(invitation.created_at)
    .bind(invitation.expires_at)
    .execute(connection)
    .await
    .map(drop)
    .on_constraint("invitations_open", || TenancyError::InvitationOpen)
}

/// Revokes an invitation that was not accepted.
pub async fn revoke(tx: &mut TenantTx, id: InvitationId, now: DateTime<Utc>) -> Result<(), TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let open: Option<bool> = sqlx::query_scalar(
        "select accepted_at is null and revoked_at is null from invitations where tenant_id = $1 and id = $2 for update",
    )
    .bind(tenant)
    .bind(id.uuid())
    .fetch_optional(tx.conn())
    .await?;
    if !open.ok_or(TenancyError::NotFound("invitation"))? {
        return Err(TenancyError::InvitationClosed);
    }
    sqlx::query("update invitations set revoked_at = $3 where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}
