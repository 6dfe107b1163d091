//! `usage_quarantine`.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use sqlx::PgConnection;
use uuid::Uuid;

use super::text;
use crate::event::UsageEvent;

/// Of a damaged place, so much is kept.
const MOST_RAW_BYTES: usize = 4096;

/// What can't be stored as an event.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Strange {
    /// The event's own, or one that follows from the bytes: found again, it is the same row.
    pub(crate) id: Uuid,
    pub(crate) reason: String,
    pub(crate) record: Value,
}

impl Strange {
    pub(crate) fn event(event: &UsageEvent, reason: String) -> Self {
        let record =
            serde_json::to_value(event).unwrap_or_else(|error| json!({ "unwritable": error.to_string() }));
        Self { id: event.id.uuid(), reason, record }
    }

    /// A place in a segment that holds no record.
    pub(crate) fn damage(segment: u64, at: u64, bytes: &[u8]) -> Self {
        let checksum = u64::from(crc32fast::hash(bytes));
        let place = segment.rotate_left(32) ^ at;
        let id = uuid::Builder::from_custom_bytes(
            Uuid::from_u64_pair(checksum << 32 | bytes.len() as u64 & 0xFFFF_FFFF, place).into_bytes(),
        );
        let shown = &bytes[..bytes.len().min(MOST_RAW_BYTES)];
        let record = json!({ "segment": segment, "at": at, "bytes": bytes.len(), "hex": hex::encode(shown) });
        Self { id: id.into_uuid(), reason: "damaged in the spool".to_owned(), record }
    }

    /// A record whose checksum holds and whose body can't be read.
    pub(crate) fn unreadable(id: Uuid, body: &[u8], error: &postcard::Error) -> Self {
        let record = json!({ "hex": hex::encode(&body[..body.len().min(MOST_RAW_BYTES)]) });
        Self { id, reason: format!("unreadable: {error}"), record }
    }
}

/// Keeps something strange. Once is enough.
pub(crate) async fn insert(
    conn: &mut PgConnection,
    strange: &Strange,
    received_at: DateTime<Utc>,
) -> Result<(), sqlx::Error> {
    let statement = "
        insert into usage_quarantine (id, received_at, reason, record) values ($1, $2, $3, $4)
        on conflict do nothing";
    sqlx::query(statement)
        .bind(strange.id)
        .bind(received_at)
        .bind(text(&strange.reason))
        .bind(without_nul(strange.record.clone()))
        .execute(conn)
        .await?;
    Ok(())
}

/// `jsonb` refuses U+0000 in strings.
fn without_nul(value: Value) -> Value {
    match value {
        Value::String(string) => Value::String(text(&string).into_owned()),
        Value::Array(values) => values.into_iter().map(without_nul).collect(),
        Value::Object(fields) => fields.into_iter().map(|(name, value)| (name, without_nul(value))).collect(),
        other => other,
    }
}
