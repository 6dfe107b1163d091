//! `api_keys.last_used_at`.

use chrono::{DateTime, Utc};
use shared::{ApiKeyId, TenantId};
use sqlx::PgConnection;

/// When a key was last used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct LastUse {
    pub(crate) tenant_id: TenantId,
    pub(crate) key_id: ApiKeyId,
    pub(crate) at: DateTime<Utc>,
}

/// Notes the uses that are a minute or more later than the noted ones. A row that another replica is updating is left
/// to it.
pub(crate) async fn touch(conn: &mut PgConnection, uses: &[LastUse]) -> Result<(), sqlx::Error> {
    let statement = "
        with due as (
          select k.tenant_id, k.id, used.at
          from unnest($1::uuid[], $2::uuid[], $3::timestamptz[]) as used (tenant_id, id, at)
          join api_keys k on k.tenant_id = used.tenant_id and k.id = used.id
          where k.last_used_at is null or k.last_used_at <= used.at - interval '1 minute'
          for no key update of k skip locked)
        update api_keys k set last_used_at = due.at from due where k.tenant_id = due.tenant_id and k.id = due.id";
    sqlx::query(statement)
        .bind(uses.iter().map(|used| used.tenant_id.uuid()).collect::<Vec<_>>())
        .bind(uses.iter().map(|used| used.key_id.uuid()).collect::<Vec<_>>())
        .bind(uses.iter().map(|used| used.at).collect::<Vec<_>>())
        .execute(conn)
        .await?;
    Ok(())
}
