//! Sessions: `tower-sessions` over our own table, so that they can be listed and revoked.
//!
//! The cookie holds a random id; the table holds its SHA-256. A session ends after [`IDLE`] without use or [`LONGEST`] at
//! the latest, and when its member is deleted (by the table's foreign key).

use chrono::{DateTime, TimeDelta, Utc};
use http::{HeaderMap, header};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use shared::{MemberId, OperatorId, SessionId, TenantId};
use tower_sessions::{
    Expiry, Session, SessionManagerLayer, SessionStore,
    cookie::SameSite,
    session::{Id, Record},
    session_store,
};
use uuid::Uuid;
use web::Problem;

use crate::{Access, store};

/// Name of the cookie. Over https it would be refused by browsers without `Secure`, so the layer sets that.
pub const COOKIE: &str = "switchyard_session";
/// A session unused for this long ends.
pub const IDLE: TimeDelta = TimeDelta::hours(12);
/// The longest any session lasts.
pub const LONGEST: TimeDelta = TimeDelta::days(7);

const IDENTITY: &str = "identity";
const USER_AGENT: &str = "user_agent";
/// Characters of a browser's name that are kept.
const USER_AGENT_LENGTH: usize = 300;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Who {
    Operator { id: OperatorId },
    Member { tenant_id: TenantId, id: MemberId },
}

/// Who is signed in with a session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    pub who: Who,
    pub session_id: SessionId,
}

fn id_hash(id: Id) -> [u8; 32] {
    Sha256::digest(id.0.to_le_bytes()).into()
}

/// The id by which people see a session: from its hash, so that it tells nothing of the cookie.
pub fn public_id(hash: &[u8]) -> SessionId {
    let mut bytes = [0; 16];
    let taken = hash.len().min(16);
    bytes[..taken].copy_from_slice(&hash[..taken]);
    SessionId::from_uuid(Uuid::from_bytes(bytes))
}

pub(crate) async fn identity(session: &Session) -> Result<Option<Identity>, Problem> {
    let who = session.get::<Who>(IDENTITY).await.map_err(|error| Problem::unavailable(&error))?;
    Ok(who.zip(session.id()).map(|(who, id)| Identity { who, session_id: public_id(&id_hash(id)) }))
}

/// Signs somebody in: a new session id (against fixation), saved at once. What the browser in `headers` calls itself is
/// kept, so that people recognise their sessions.
pub async fn sign_in(session: &Session, who: Who, headers: &HeaderMap) -> Result<(), Problem> {
    let agent = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let agent: Option<String> = agent.map(|name| name.chars().take(USER_AGENT_LENGTH).collect());
    let done = async {
        session.cycle_id().await?;
        session.insert(IDENTITY, who).await?;
        session.insert(USER_AGENT, agent).await?;
        session.save().await
    };
    done.await.map_err(|error: tower_sessions::session::Error| Problem::internal(&error))
}

/// Ends the session at hand.
pub async fn sign_out(session: &Session) -> Result<(), Problem> {
    session.flush().await.map_err(|error| Problem::internal(&error))
}

/// The layer for the routers that know sessions. `secure`: the deployment is reached by https.
pub fn layer(access: Access, secure: bool) -> SessionManagerLayer<Sessions> {
    SessionManagerLayer::new(Sessions { access })
        .with_name(COOKIE)
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(time::Duration::seconds(IDLE.num_seconds())))
}

/// The store behind the layer.
#[derive(Debug, Clone)]
pub struct Sessions {
    access: Access,
}

fn backend(error: impl std::fmt::Display) -> session_store::Error {
    session_store::Error::Backend(error.to_string())
}

fn expiry(record: &Record) -> Result<DateTime<Utc>, session_store::Error> {
    DateTime::from_timestamp(record.expiry_date.unix_timestamp(), 0)
        .ok_or_else(|| backend("expiry out of range"))
}

impl Sessions {
    async fn write(&self, record: &Record, create: bool) -> session_store::Result<bool> {
        let now = self.access.clock().now();
        let data =
            serde_json::to_value(&record.data).map_err(|e| session_store::Error::Encode(e.to_string()))?;
        let who =
            record.data.get(IDENTITY).and_then(|value| serde_json::from_value::<Who>(value.clone()).ok());
        let user_agent = record.data.get(USER_AGENT).and_then(|value| value.as_str().map(str::to_owned));
        let expires_at = expiry(record)?;
        let row = store::session::SessionRow { hash: id_hash(record.id), data, who, user_agent, expires_at };
        let mut tx = self.access.db().system().await.map_err(backend)?;
        let written = if create {
            store::session::create(&mut tx, &row, now).await
        } else {
            store::session::save(&mut tx, &row, now).await.map(|()| true)
        };
        let written = written.map_err(backend)?;
        tx.commit().await.map_err(backend)?;
        Ok(written)
    }
}

#[async_trait::async_trait]
impl SessionStore for Sessions {
    async fn create(&self, record: &mut Record) -> session_store::Result<()> {
        while !self.write(record, true).await? {
            record.id = Id::default();
        }
        Ok(())
    }

    async fn save(&self, record: &Record) -> session_store::Result<()> {
        self.write(record, false).await.map(|_| ())
    }

    async fn load(&self, id: &Id) -> session_store::Result<Option<Record>> {
        let now = self.access.clock().now();
        let mut tx = self.access.db().system().await.map_err(backend)?;
        let found = store::session::load(&mut tx, &id_hash(*id), now, LONGEST).await.map_err(backend)?;
        tx.commit().await.map_err(backend)?;
        let Some((data, expires_at)) = found else { return Ok(None) };
        let data = serde_json::from_value(data).map_err(|e| session_store::Error::Decode(e.to_string()))?;
        let expiry_date =
            time::OffsetDateTime::from_unix_timestamp(expires_at.timestamp()).map_err(backend)?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> session_store::Result<()> {
        let mut tx = self.access.db().system().await.map_err(backend)?;
        store::session::delete(&mut tx, &id_hash(*id)).await.map_err(backend)?;
        tx.commit().await.map_err(backend)
    }
}
