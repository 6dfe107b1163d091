//! Sending by SMTP.

use db::{Database, DbError};
use lettre::{
    AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor,
    message::{Mailbox, header::ContentType},
};
use secrecy::{ExposeSecret, SecretString};
use shared::{Clock, MailId};

use crate::{KeptMail, store};

/// Why mail cannot be sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    #[error(
        "mail.smtp_url is not an SMTP address: expected smtp:// or smtps://, host, and optionally user and password"
    )]
    Url(#[source] lettre::transport::smtp::Error),
    #[error("mail.from `{0}` is not an e-mail address")]
    From(String),
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Sends unsent messages, one after another.
pub struct Postman {
    db: Database,
    clock: Clock,
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

impl Postman {
    pub fn new(db: Database, clock: Clock, smtp_url: &SecretString, from: &str) -> Result<Self, MailError> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(smtp_url.expose_secret())
            .map_err(MailError::Url)?
            .timeout(Some(std::time::Duration::from_secs(20)))
            .build();
        let from = from.parse().map_err(|_| MailError::From(from.to_owned()))?;
        Ok(Self { db, clock, transport, from })
    }

    /// Sends the oldest unsent message. True when there was one.
    pub async fn send_next(&self) -> Result<bool, MailError> {
        let mut tx = self.db.system().await?;
        let now = self.clock.now();
        let Some(mail) = store::next_unsent(&mut tx, now).await? else { return Ok(false) };
        match self.send(&mail).await {
            Ok(()) => store::mark(&mut tx, mail.id, now, None).await?,
            Err(SendError::Transient(error)) => {
                tracing::warn!(mail = %mail.id, error, "mail not sent yet");
                return Ok(false);
            }
            Err(SendError::Permanent(error)) => {
                tracing::warn!(mail = %mail.id, error, "mail refused");
                store::mark(&mut tx, mail.id, now, Some(&error)).await?;
            }
        }
        tx.commit().await?;
        Ok(true)
    }

    async fn send(&self, mail: &KeptMail) -> Result<(), SendError> {
        let permanent = |error: &dyn std::fmt::Display| SendError::Permanent(error.to_string());
        let to: Mailbox = mail.recipient.parse().map_err(|e: lettre::address::AddressError| permanent(&e))?;
        let message = Message::builder()
            .message_id(Some(self.message_id(mail.id)))
            .date(mail.created_at.into())
            .from(self.from.clone())
            .to(to)
            .subject(&mail.subject)
            .header(ContentType::TEXT_PLAIN)
            .body(mail.body_text.clone())
            .map_err(|e| permanent(&e))?;
        match self.transport.send(message).await {
            Ok(_) => Ok(()),
            Err(error) if error.is_permanent() => Err(permanent(&error)),
            Err(error) => Err(SendError::Transient(error.to_string())),
        }
    }

    /// The same at each attempt: a receiver that got the message already can tell.
    fn message_id(&self, mail: MailId) -> String {
        format!("<{mail}@{}>", self.from.email.domain())
    }
}

enum SendError {
    /// The server may take it later.
    Transient(String),
    /// It never will.
    Permanent(String),
}
