//! Short-lived shared state: counters, rate buckets, locks, health, announcements.
//!
//! One trait, [`Kv`], with two implementations picked by one setting ([`open`]): [`MemoryKv`] in this process, and
//! [`RedisKv`] on Redis or Valkey, shared by all replicas. One contract test suite runs against both.
//!
//! Invariants:
//!
//! - Nothing here is the truth. Any value may vanish (expiry, a restart of Redis); callers rebuild from PostgreSQL.
//! - Every operation that reads and writes is atomic: Lua in Redis, a lock in memory. No check-then-set anywhere.
//! - A dead store fails fast (about a second, at worst) with [`KvError::Unavailable`]; the caller decides whether its
//!   work goes on without. It is used again as soon as it is back, without a restart of ours.
//! - A subscriber that may have missed something is told so ([`Notice::Lagged`], [`Notice::Reconnected`]) and must
//!   read the state anew.
//! - Memory is bounded by what is alive: expired entries are swept as new ones come.
//!
//! In Redis all keys and channels begin with `sy:`; callers pass theirs without it. Scripts touch one key each, so a
//! cluster works too.

mod admission;
mod memory;
mod notice;
mod redis;

#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;

pub use admission::{Admission, RateLimit};
pub use memory::MemoryKv;
pub use notice::{Notice, Notices};
pub use redis::RedisKv;

/// Why an operation did not happen.
#[derive(Debug, thiserror::Error)]
pub enum KvError {
    /// The address is not one of Redis. The text never holds the address, which may carry a password.
    #[error(
        "redis.url is not an address of redis; accepted: redis://host:port, rediss://host:port, unix:///path"
    )]
    Settings,
    /// No connection, or no answer in time. Whether a write took effect is unknown.
    #[error("the key-value store is unavailable")]
    Unavailable { source: Source },
    /// The key holds another kind of value than the operation works on, or a number out of range.
    #[error("{key} holds a value of another kind")]
    WrongType { key: String },
    /// The store refused the operation (out of memory, read-only, not authorised).
    #[error("the key-value store refused")]
    Refused { source: Source },
}

type Source = Box<dyn std::error::Error + Send + Sync>;

/// Shared short-lived state. Keys are UTF-8, values bytes; a `ttl` under a millisecond counts as one.
#[async_trait]
pub trait Kv: Debug + Send + Sync + 'static {
    /// Is the store there?
    async fn ping(&self) -> Result<(), KvError>;

    async fn get(&self, key: &str) -> Result<Option<Bytes>, KvError>;

    /// Replaces whatever the key held, of any kind. Without a `ttl` the value stays until deleted.
    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), KvError>;

    /// True when there was something to delete.
    async fn delete(&self, key: &str) -> Result<bool, KvError>;

    /// Takes a lock for `ttl` when nobody holds it. `token` names the holder and must be unique to it; the holder
    /// itself acquires again to extend. The lock is advice: it may expire under a holder that stalls.
    async fn acquire(&self, key: &str, token: &str, ttl: Duration) -> Result<bool, KvError>;

    /// Gives a lock back if `token` still holds it; false otherwise.
    async fn release(&self, key: &str, token: &str) -> Result<bool, KvError>;

    /// Adds to a counter, which begins at 0, and returns the sum. The `ttl` counts from the counter's beginning.
    /// Not repeated on a broken connection, so a counter is never moved twice by one call.
    async fn incr_by(&self, key: &str, by: i64, ttl: Option<Duration>) -> Result<i64, KvError>;

    /// Takes `cost` units out of the token bucket at `key`, all or none. Cost 0 only looks.
    async fn admit(&self, key: &str, limit: RateLimit, cost: u64) -> Result<Admission, KvError>;

    /// Sets one field of the map at `key`, whose life as a whole begins anew with `ttl`.
    async fn put_field(&self, key: &str, field: &str, value: &[u8], ttl: Duration) -> Result<(), KvError>;

    /// The whole map; empty when there is none.
    async fn get_fields(&self, key: &str) -> Result<HashMap<String, Bytes>, KvError>;

    /// True when the map had the field.
    async fn delete_field(&self, key: &str, field: &str) -> Result<bool, KvError>;

    /// Announces to all who are subscribed now, at most once each.
    async fn publish(&self, channel: &str, payload: &[u8]) -> Result<(), KvError>;

    /// Listens to a channel. Once this returns `Ok` with the store there, no later announcement is missed unnoticed.
    /// With the store away it returns too, and the first notice is `Reconnected` when the store is back.
    async fn subscribe(&self, channel: &str) -> Result<Notices, KvError>;
}

/// The store that the setting asks for: Redis at this address, or this process's memory.
///
/// Must be called inside a tokio runtime; for `rediss://` the process must have installed its rustls provider.
/// Redis need not be there yet: see [`Kv::ping`].
pub fn open(redis_url: Option<&str>) -> Result<Arc<dyn Kv>, KvError> {
    Ok(match redis_url {
        Some(url) => Arc::new(RedisKv::open(url)?),
        None => Arc::new(MemoryKv::new()),
    })
}

/// Redis counts life in whole milliseconds and refuses zero.
fn millis(ttl: Duration) -> u64 {
    u64::try_from(ttl.as_millis()).unwrap_or(u64::MAX / 2).clamp(1, u64::MAX / 2)
}
