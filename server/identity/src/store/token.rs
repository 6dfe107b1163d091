//! Personal access tokens of members, tokens of operators.

use chrono::{DateTime, Utc};
use db::{OperatorTx, TenantTx};
use shared::{AccessTokenId, MemberId, OperatorId, OperatorTokenId};
use shared_api::identity::{DisplayName, PersonalToken, TokenId};
use uuid::Uuid;

use crate::IdentityError;

/// A token to be kept: its hash, never itself.
pub struct NewRow<'a> {
    pub name: &'a DisplayName,
    pub hash: [u8; 32],
    pub last_four: &'a str,
    pub expires_at: Option<DateTime<Utc>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    name: String,
    last_four: String,
    created_at: DateTime<Utc>,
    expires_at: Option<DateTime<Utc>>,
    last_used_at: Option<DateTime<Utc>>,
}

impl Row {
    fn shown(self, id: impl FnOnce(Uuid) -> TokenId) -> PersonalToken {
        let Self { id: uuid, name, last_four, created_at, expires_at, last_used_at } = self;
        PersonalToken { id: id(uuid), name, last_four, created_at, expires_at, last_used_at }
    }

    fn of_member(self) -> PersonalToken {
        self.shown(|id| TokenId::Access(AccessTokenId::from_uuid(id)))
    }

    fn of_operator(self) -> PersonalToken {
        self.shown(|id| TokenId::Operator(OperatorTokenId::from_uuid(id)))
    }
}

/// Newest first, without the revoked.
pub async fn of_member(
    tx: &mut TenantTx,
    member: MemberId,
    after: Option<AccessTokenId>,
    rows: i64,
) -> Result<Vec<PersonalToken>, IdentityError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<Row> = sqlx::query_as(
        "select id, name, last_four, created_at, expires_at, last_used_at from access_tokens \
         where tenant_id = $1 and member_id = $2 and revoked_at is null and ($3::uuid is null or id < $3) \
         order by id desc limit $4",
    )
    .bind(tenant)
    .bind(member.uuid())
    .bind(after.map(AccessTokenId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(Row::of_member).collect())
}

/// Newest first, without the revoked.
pub async fn of_operator(
    tx: &mut OperatorTx,
    operator: OperatorId,
    after: Option<OperatorTokenId>,
    rows: i64,
) -> Result<Vec<PersonalToken>, IdentityError> {
    let found: Vec<Row> = sqlx::query_as(
        "select id, name, last_four, created_at, expires_at, last_used_at from operator_tokens \
         where operator_id = $1 and revoked_at is null and ($2::uuid is null or id < $2) order by id desc limit $3",
    )
    .bind(operator.uuid())
    .bind(after.map(OperatorTokenId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(Row::of_operator).collect())
}

/// `maker`: the token it is made with, which it does not outlive.
pub async fn insert_for_member(
    tx: &mut TenantTx,
    member: MemberId,
    new: &NewRow<'_>,
    maker: Option<AccessTokenId>,
    now: DateTime<Utc>,
) -> Result<PersonalToken, IdentityError> {
    let tenant = tx.tenant_id().uuid();
    let row: Row = sqlx::query_as(
        "insert into access_tokens (tenant_id, id, member_id, name, hash, last_four, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, $7, \
           least($8, (select expires_at from access_tokens where tenant_id = $1 and id = $9))) \
         returning id, name, last_four, created_at, expires_at, last_used_at",
    )
    .bind(tenant)
    .bind(AccessTokenId::generate().uuid())
    .bind(member.uuid())
    .bind(new.name.as_str())
    .bind(new.hash.as_slice())
    .bind(new.last_four)
    .bind(now)
    .bind(new.expires_at)
    .bind(maker.map(AccessTokenId::uuid))
    .fetch_one(tx.conn())
    .await?;
    Ok(row.of_member())
}

/// `maker`: the token it is made with, which it does not outlive.
pub async fn insert_for_operator(
    tx: &mut OperatorTx,
    operator: OperatorId,
    new: &NewRow<'_>,
    maker: Option<OperatorTokenId>,
    now: DateTime<Utc>,
) -> Result<PersonalToken, IdentityError> {
    let row: Row = sqlx::query_as(
        "insert into operator_tokens (id, operator_id, name, hash, last_four, created_at, expires_at) \
         values ($1, $2, $3, $4, $5, $6, least($7, (select expires_at from operator_tokens where id = $8))) \
         returning id, name, last_four, created_at, expires_at, last_used_at",
    )
    .bind(OperatorTokenId::generate().uuid())
    .bind(operator.uuid())
    .bind(new.name.as_str())
    .bind(new.hash.as_slice())
    .bind(new.last_four)
    .bind(now)
    .bind(new.expires_at)
    .bind(maker.map(OperatorTokenId::uuid))
    .fetch_one(tx.conn())
    .await?;
    Ok(row.of_operator())
}

/// False when the member has no such token.
pub async fn revoke_of_member(
    tx: &mut TenantTx,
    member: MemberId,
    token: AccessTokenId,
    now: DateTime<Utc>,
) -> Result<bool, IdentityError> {
    let tenant = tx.tenant_id().uuid();
    let done = sqlx::query(
        "update access_tokens set revoked_at = $4 where tenant_id = $1 and member_id = $2 and id = $3 and revoked_at is null",
    )
    .bind(tenant)
    .bind(member.uuid())
    .bind(token.uuid())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() > 0)
}

/// False when the operator has no such token.
pub async fn revoke_of_operator(
    tx: &mut OperatorTx,
    operator: OperatorId,
    token: OperatorTokenId,
    now: DateTime<Utc>,
) -> Result<bool, IdentityError> {
    let done =
        sqlx::query("update operator_tokens set revoked_at = $3 where operator_id = $1 and id = $2 and revoked_at is null")
            .bind(operator.uuid())
            .bind(token.uuid())
            .bind(now)
            .execute(tx.conn())
            .await?;
    Ok(done.rows_affected() > 0)
}
