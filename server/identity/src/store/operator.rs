//! Operators.

use chrono::{DateTime, Utc};
use db::{OnConstraint, OperatorTx};
use shared::OperatorId;
use shared_api::identity::{DisplayName, EmailAddress, Operator};
use uuid::Uuid;

use crate::IdentityError;

/// Held while the number of operators who can sign in may fall or leave zero.
const HEADCOUNT_LOCK: i64 = 0x5359_4f50_4552_0001;

#[derive(sqlx::FromRow)]
pub struct Credentials {
    id: Uuid,
    pub email: String,
    pub name: String,
    pub password_hash: String,
}

impl Credentials {
    pub fn id(&self) -> OperatorId {
        OperatorId::from_uuid(self.id)
    }
}

/// What signing in needs of an operator who may.
pub async fn credentials(tx: &mut OperatorTx, email: &str) -> Result<Option<Credentials>, IdentityError> {
    let found = sqlx::query_as(
        "select id, email, name, password_hash from operators where email_key = lower($1) and disabled_at is null",
    )
    .bind(email.trim())
    .fetch_optional(tx.conn())
    .await?;
    Ok(found)
}

pub async fn by_email(
    tx: &mut OperatorTx,
    email: &EmailAddress,
) -> Result<Option<OperatorId>, IdentityError> {
    let found: Option<Uuid> = sqlx::query_scalar("select id from operators where email_key = lower($1)")
        .bind(email.as_str())
        .fetch_optional(tx.conn())
        .await?;
    Ok(found.map(OperatorId::from_uuid))
}

pub async fn password_hash(tx: &mut OperatorTx, id: OperatorId) -> Result<Option<String>, IdentityError> {
    let found = sqlx::query_scalar("select password_hash from operators where id = $1")
        .bind(id.uuid())
        .fetch_optional(tx.conn())
        .await?;
    Ok(found)
}

pub async fn set_password(tx: &mut OperatorTx, id: OperatorId, hash: &str) -> Result<(), IdentityError> {
    sqlx::query("update operators set password_hash = $2 where id = $1")
        .bind(id.uuid())
        .bind(hash)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn note_sign_in(
    tx: &mut OperatorTx,
    id: OperatorId,
    now: DateTime<Utc>,
) -> Result<(), IdentityError> {
    sqlx::query("update operators set last_sign_in_at = $2 where id = $1")
        .bind(id.uuid())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

pub async fn insert(
    tx: &mut OperatorTx,
    id: OperatorId,
    email: &EmailAddress,
    name: &DisplayName,
    password_hash: &str,
    now: DateTime<Utc>,
) -> Result<(), IdentityError> {
    sqlx::query(
        "insert into operators (id, email, name, password_hash, created_at) values ($1, $2, $3, $4, $5)",
    )
    .bind(id.uuid())
    .bind(email.as_str())
    .bind(name.as_str())
    .bind(password_hash)
    .bind(now)
    .execute(tx.conn())
    .await
    .map(drop)
    .on_constraint("operators_email_key", || IdentityError::EmailTaken)
}

/// Whoever changes how many operators there are waits for each other until the transaction ends.
pub async fn lock_headcount(tx: &mut OperatorTx) -> Result<(), IdentityError> {
    sqlx::query("select pg_advisory_xact_lock($1)").bind(HEADCOUNT_LOCK).execute(tx.conn()).await?;
    Ok(())
}

pub async fn exist(tx: &mut OperatorTx) -> Result<bool, IdentityError> {
    Ok(sqlx::query_scalar("select exists (select from operators)").fetch_one(tx.conn()).await?)
}

/// Whether somebody else can sign in.
pub async fn others_enabled(tx: &mut OperatorTx, id: OperatorId) -> Result<bool, IdentityError> {
    let others =
        sqlx::query_scalar("select exists (select from operators where disabled_at is null and id <> $1)")
            .bind(id.uuid())
            .fetch_one(tx.conn())
            .await?;
    Ok(others)
}

#[derive(sqlx::FromRow)]
struct Row {
    id: Uuid,
    email: String,
    name: String,
    created_at: DateTime<Utc>,
    disabled_at: Option<DateTime<Utc>>,
    last_sign_in_at: Option<DateTime<Utc>>,
}

impl From<Row> for Operator {
    fn from(row: Row) -> Self {
        let Row { id, email, name, created_at, disabled_at, last_sign_in_at } = row;
        Self { id: OperatorId::from_uuid(id), email, name, created_at, disabled_at, last_sign_in_at }
    }
}

/// In the order of their making.
pub async fn list(
    tx: &mut OperatorTx,
    after: Option<OperatorId>,
    rows: i64,
) -> Result<Vec<Operator>, IdentityError> {
    let found: Vec<Row> = sqlx::query_as(
        "select id, email, name, created_at, disabled_at, last_sign_in_at from operators \
         where $1::uuid is null or id > $1 order by id limit $2",
    )
    .bind(after.map(OperatorId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(Operator::from).collect())
}

/// Absent values stay. None when there is no such operator.
pub async fn update(
    tx: &mut OperatorTx,
    id: OperatorId,
    name: Option<&DisplayName>,
    disabled: Option<bool>,
    now: DateTime<Utc>,
) -> Result<Option<Operator>, IdentityError> {
    let updated: Option<Row> = sqlx::query_as(
        "update operators set name = coalesce($2, name), \
         disabled_at = case when $3 then coalesce(disabled_at, $4) when not $3 then null else disabled_at end \
         where id = $1 returning id, email, name, created_at, disabled_at, last_sign_in_at",
    )
    .bind(id.uuid())
    .bind(name.map(DisplayName::as_str))
    .bind(disabled)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(updated.map(Operator::from))
}
