use chrono::{DateTime, Utc};
use shared::{MemberId, Role};
use uuid::Uuid;

use crate::{TenantRows, TestDatabase};

/// Somebody of a tenant with a personal access token, by the token's hash; their name is their address.
pub async fn person(
    db: &TestDatabase,
    tenant: &TenantRows,
    (email, role): (&str, Role),
    token_hash: &[u8],
    now: DateTime<Utc>,
) -> MemberId {
    let id = MemberId::from_uuid(Uuid::now_v7());
    let statement = "
        with m as (insert into members (tenant_id, id, email, name, role, created_at)
                   values ($1, $2, $3, $3, $4, $5) returning tenant_id, id)
        insert into access_tokens (tenant_id, id, member_id, name, hash, last_four, created_at)
        select tenant_id, $6, id, 'test', $7, 'test', $5 from m";
    sqlx::query(statement)
        .bind(tenant.id.uuid())
        .bind(id.uuid())
        .bind(email)
        .bind(role.as_str())
        .bind(now)
        .bind(Uuid::now_v7())
        .bind(token_hash)
        .execute(&mut db.superuser().await)
        .await
        .expect("the rows of a person can be inserted");
    id
}
