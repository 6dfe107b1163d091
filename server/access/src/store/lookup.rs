//! Which tenant an identifier belongs to.

use db::{DbError, Lookup};
use shared::{AccessTokenId, InvitationId, TenantId};
use uuid::Uuid;

pub async fn tenant_by_slug(tx: &mut Lookup, slug: &str) -> Result<Option<TenantId>, DbError> {
    let found: Option<Uuid> =
        sqlx::query_scalar("select lookup_tenant_by_slug($1)").bind(slug).fetch_one(tx.conn()).await?;
    Ok(found.map(TenantId::from_uuid))
}

pub async fn access_token(
    tx: &mut Lookup,
    hash: &[u8; 32],
) -> Result<Option<(TenantId, AccessTokenId)>, DbError> {
    let found: Option<(Uuid, Uuid)> = sqlx::query_as("select tenant, token from lookup_access_token($1)")
        .bind(hash.as_slice())
        .fetch_optional(tx.conn())
        .await?;
    Ok(found.map(|(tenant, token)| (TenantId::from_uuid(tenant), AccessTokenId::from_uuid(token))))
}

pub async fn invitation(
    tx: &mut Lookup,
    hash: &[u8; 32],
) -> Result<Option<(TenantId, InvitationId)>, DbError> {
    let found: Option<(Uuid, Uuid)> = sqlx::query_as("select tenant, invitation from lookup_invitation($1)")
        .bind(hash.as_slice())
        .fetch_optional(tx.conn())
        .await?;
    Ok(found.map(|(tenant, invitation)| (TenantId::from_uuid(tenant), InvitationId::from_uuid(invitation))))
}
