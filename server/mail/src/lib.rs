//! Messages to people.
//!
//! A room writes a message into its own transaction ([`keep`]); it exists if that commits. With an SMTP server set, the
//! [`Postman`] sends what is unsent; without one, messages stay in the database, where operators read them.
//!
//! Invariants
//! - A message is sent at least once and marked at once; one that the server refuses keeps its error and does not
//!   block those behind it.

mod postman;
mod store;

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx};
use shared::{MailId, TenantId};
use sqlx::PgConnection;

pub use postman::{MailError, Postman};

/// A message that is to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMail {
    /// Whose affairs it is about, if one tenant's.
    pub tenant: Option<TenantId>,
    pub recipient: String,
    pub subject: String,
    pub body_text: String,
}

/// A message as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptMail {
    pub id: MailId,
    pub recipient: String,
    pub subject: String,
    pub body_text: String,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
}

/// Keeps a message in the transaction at hand.
pub async fn keep(connection: &mut PgConnection, mail: &NewMail, now: DateTime<Utc>) -> Result<(), DbError> {
    store::keep(connection, MailId::generate(), mail, now).await
}

/// The kept messages, newest first, for operators.
pub async fn list(tx: &mut OperatorTx, after: Option<MailId>, rows: i64) -> Result<Vec<KeptMail>, DbError> {
    store::list(tx, after, rows).await
}
