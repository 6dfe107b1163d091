//! Responses that are kept, so that a later one can go on from them and they can be read again: in `kv`, sealed, for a
//! while.
//!
//! Only for projects that opted in. A record is sealed by its tenant's data key, or where the tenant has none yet by a
//! key of its own that stands beside it, wrapped. It opens for its tenant alone and is found by its project alone.

use std::fmt;

use dialects::responses::Item;
use secrets::{DataKey, Purpose};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use shared::ErrorCode;
use snapshot::KeyEntry;

use crate::{error::CallError, gateway::Core};

/// A longer conversation, in bytes, is not kept.
pub(crate) const LARGEST: usize = 8 << 20;
/// How a record begins: sealed by the tenant's key, or by its own.
const BY_TENANT: u8 = 1;
const BY_OWN: u8 = 2;

/// A response, as what a later one goes on from.
#[derive(Clone, Serialize, Deserialize)]
pub(crate) struct Kept {
    pub(crate) id: String,
    /// All items up to its end, the answer's included.
    pub(crate) items: Vec<Item>,
    /// How many of them were there before the answer.
    #[serde(default)]
    pub(crate) input: usize,
    /// The response as its caller was told it; none where only a connection remembers it.
    #[serde(default)]
    pub(crate) response: Option<Box<RawValue>>,
}

impl Kept {
    /// The items that the answer was made from.
    pub(crate) fn input(&self) -> &[Item] {
        self.items.get(..self.input).unwrap_or_default()
    }
}

impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Kept").field("id", &self.id).field("items", &self.items.len()).finish()
    }
}

/// A response to be kept.
#[derive(Debug)]
pub(crate) struct Memory(Kept);

/// Why a response was not kept.
#[derive(Debug, thiserror::Error)]
pub(crate) enum MemoryError {
    #[error("the conversation is too long to be kept")]
    TooLarge,
    #[error("the conversation cannot be written down")]
    Unwritable(#[from] serde_json::Error),
    #[error("the conversation cannot be sealed")]
    Sealed(#[from] secrets::EnvelopeError),
    #[error(transparent)]
    Store(#[from] kv::KvError),
}

impl Memory {
    pub(crate) const fn new(kept: Kept) -> Self {
        Self(kept)
    }

    /// Keeps it for the owner of a key.
    pub(crate) async fn keep(&self, gateway: &Core, owner: &KeyEntry) -> Result<(), MemoryError> {
        let plain = serde_json::to_vec(&self.0)?;
        if plain.len() > LARGEST {
            return Err(MemoryError::TooLarge);
        }
        let record = seal(gateway, owner, &plain)?;
        let kept_for = gateway.settings.keep_responses;
        gateway.kv.set(&key(owner, &self.0.id), &record, Some(kept_for)).await?;
        Ok(())
    }
}

/// A response that is kept; None where there is none for this caller.
pub(crate) async fn recall(gateway: &Core, owner: &KeyEntry, id: &str) -> Result<Option<Kept>, CallError> {
    let found = gateway.kv.get(&key(owner, id)).await.map_err(|error| unavailable(&error))?;
    let Some(record) = found else { return Ok(None) };
    let opened = open(gateway, owner, &record).map(|plain| serde_json::from_slice(&plain));
    if let Some(Ok(kept)) = opened {
        return Ok(Some(kept));
    }
    tracing::warn!("a stored response does not open");
    Ok(None)
}

/// Forgets a response; false where there is none for this caller. Those that went on from it keep what they hold.
pub(crate) async fn forget(gateway: &Core, owner: &KeyEntry, id: &str) -> Result<bool, CallError> {
    gateway.kv.delete(&key(owner, id)).await.map_err(|error| unavailable(&error))
}

fn unavailable(error: &kv::KvError) -> CallError {
    tracing::warn!(%error, "stored responses are out of reach");
    CallError::new(
        ErrorCode::Unavailable,
        "Stored responses cannot be reached at the moment. Try again shortly.",
    )
}

/// An id of the caller's is never longer than ours, nor of other characters.
fn key(owner: &KeyEntry, id: &str) -> String {
    let id: String = id.chars().filter(|c| c.is_ascii_alphanumeric() || "_-".contains(*c)).take(80).collect();
    format!("response:{}:{}:{id}", owner.tenant.tenant.id, owner.project.id)
}

fn seal(gateway: &Core, owner: &KeyEntry, plain: &[u8]) -> Result<Vec<u8>, MemoryError> {
    let mut random = rand::rng();
    if let Ok(data_key) = gateway.credentials.tenant_key(&owner.tenant.tenant) {
        let mut record = vec![BY_TENANT];
        record.extend(data_key.seal(Purpose::StoredResponse, plain, &mut random)?);
        return Ok(record);
    }
    let name = owner.tenant.tenant.id.to_string();
    let (data_key, wrapped) = gateway.credentials.key().new_data_key(&name, &mut random)?;
    let mut record = vec![BY_OWN];
    record.extend((wrapped.len() as u32).to_le_bytes());
    record.extend(wrapped);
    record.extend(data_key.seal(Purpose::StoredResponse, plain, &mut random)?);
    Ok(record)
}

fn open(gateway: &Core, owner: &KeyEntry, record: &[u8]) -> Option<Vec<u8>> {
    let (kind, rest) = record.split_first()?;
    let (data_key, sealed): (DataKey, &[u8]) = match *kind {
        BY_TENANT => (gateway.credentials.tenant_key(&owner.tenant.tenant).ok()?, rest),
        BY_OWN => {
            let (length, rest) = rest.split_first_chunk::<4>()?;
            let (wrapped, sealed) = rest.split_at_checked(u32::from_le_bytes(*length) as usize)?;
            let name = owner.tenant.tenant.id.to_string();
            (gateway.credentials.key().unwrap_data_key(&name, wrapped).ok()?, sealed)
        }
        _ => return None,
    };
    Some(data_key.open(Purpose::StoredResponse, sealed).ok()?.to_vec())
}
