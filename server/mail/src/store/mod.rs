//! All SQL of this room.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx, SystemTx};
use shared::MailId;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{KeptMail, NewMail};

type Row = (Uuid, String, String, String, DateTime<Utc>, Option<DateTime<Utc>>);

fn kept(row: Row) -> KeptMail {
    let (id, recipient, subject, body_text, created_at, sent_at) = row;
    KeptMail { id: MailId::from_uuid(id), recipient, subject, body_text, created_at, sent_at }
}

pub async fn keep(
    connection: &mut PgConnection,
    id: MailId,
    mail: &NewMail,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query("insert into mails (id, tenant, recipient, subject, body_text, created_at) values ($1, $2, $3, $4, $5, $6)")
        .bind(id.uuid())
        .bind(mail.tenant.map(shared::TenantId::uuid))
        .bind(&mail.recipient)
        .bind(&mail.subject)
        .bind(&mail.body_text)
        .bind(now)
        .execute(connection)
        .await?;
    Ok(())
}

pub async fn list(tx: &mut OperatorTx, after: Option<MailId>, rows: i64) -> Result<Vec<KeptMail>, DbError> {
    let rows: Vec<Row> = sqlx::query_as(
        "select id, recipient, subject, body_text, created_at, sent_at from mails \
         where $1::uuid is null or id < $1 order by id desc limit $2",
    )
    .bind(after.map(MailId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().map(kept).collect())
}

/// The oldest unsent message that no other postman holds.
pub async fn next_unsent(tx: &mut SystemTx, sent_before: DateTime<Utc>) -> Result<Option<KeptMail>, DbError> {
    let row: Option<Row> = sqlx::query_as(
        "select id, recipient, subject, body_text, created_at, sent_at from mails \
         where sent_at is null and last_error is null and created_at < $1 order by id for update skip locked limit 1",
    )
    .bind(sent_before)
    .fetch_optional(tx.conn())
    .await?;
    Ok(row.map(kept))
}

pub async fn mark(
    tx: &mut SystemTx,
    id: MailId,
    at: DateTime<Utc>,
    error: Option<&str>,
) -> Result<(), DbError> {
    sqlx::query(
        "update mails set sent_at = case when $3::text is null then $2 end, last_error = $3 where id = $1",
    )
    .bind(id.uuid())
    .bind(at)
    .bind(error)
    .execute(tx.conn())
    .await?;
    Ok(())
}
