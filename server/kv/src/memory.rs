//! The store inside this process, for a deployment of one.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use async_trait::async_trait;
use bytes::Bytes;
use parking_lot::Mutex;
use std::time::Duration;
use tokio::sync::broadcast;
use tokio::time::Instant;

use crate::admission::DUST;
use crate::notice::{BACKLOG, notices};
use crate::{Admission, Kv, KvError, Notice, Notices, RateLimit, millis};

const SHARDS: usize = 16;
/// A shard smaller than this is not worth sweeping.
const SWEEP_FLOOR: usize = 64;

/// Everything in memory, gone with the process.
#[derive(Debug)]
pub struct MemoryKv {
    hasher: RandomState,
    shards: [Mutex<Shard>; SHARDS],
    channels: Mutex<HashMap<String, broadcast::Sender<Notice>>>,
}

impl Default for MemoryKv {
    fn default() -> Self {
        Self { hasher: RandomState::new(), shards: Default::default(), channels: Mutex::default() }
    }
}

#[derive(Debug, Default)]
struct Shard {
    entries: HashMap<String, Entry>,
    /// Sweep when the shard has grown to this: twice what was alive after the last sweep.
    sweep_at: usize,
}

#[derive(Debug)]
struct Entry {
    value: Value,
    expires: Option<Instant>,
}

#[derive(Debug)]
enum Value {
    Bytes(Bytes),
    Fields(HashMap<String, Bytes>),
    Bucket { tokens: f64, at: Instant },
}

impl Entry {
    fn alive(&self, now: Instant) -> bool {
        self.expires.is_none_or(|at| now < at)
    }
}

impl Shard {
    fn get(&mut self, key: &str) -> Option<&mut Entry> {
        let now = Instant::now();
        self.entries.get_mut(key).filter(|entry| entry.alive(now))
    }

    fn put(&mut self, key: &str, value: Value, ttl: Option<Duration>) {
        let now = Instant::now();
        if self.entries.len() >= self.sweep_at.max(SWEEP_FLOOR) {
            self.entries.retain(|_, entry| entry.alive(now));
            self.entries.shrink_to(self.entries.len() * 2);
            self.sweep_at = self.entries.len() * 2;
        }
        self.entries.insert(key.to_owned(), Entry { value, expires: deadline(now, ttl) });
    }
}

fn deadline(now: Instant, ttl: Option<Duration>) -> Option<Instant> {
    ttl.and_then(|ttl| now.checked_add(Duration::from_millis(millis(ttl))))
}

fn wrong_type(key: &str) -> KvError {
    KvError::WrongType { key: key.to_owned() }
}

impl MemoryKv {
    pub fn new() -> Self {
        Self::default()
    }

    fn shard(&self, key: &str) -> &Mutex<Shard> {
        &self.shards[self.hasher.hash_one(key) as usize % SHARDS]
    }

    /// Entries held now, expired ones that wait for a sweep included.
    pub fn len(&self) -> usize {
        self.shards.iter().map(|shard| shard.lock().entries.len()).sum()
    }

    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

#[async_trait]
impl Kv for MemoryKv {
    async fn ping(&self) -> Result<(), KvError> {
        Ok(())
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, KvError> {
        match self.shard(key).lock().get(key).map(|entry| &entry.value) {
            None => Ok(None),
            Some(Value::Bytes(bytes)) => Ok(Some(bytes.clone())),
            Some(_) => Err(wrong_type(key)),
        }
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), KvError> {
        self.shard(key).lock().put(key, Value::Bytes(Bytes::copy_from_slice(value)), ttl);
        Ok(())
    }

    async fn delete(&self, key: &str) -> Result<bool, KvError> {
        let removed = self.shard(key).lock().entries.remove(key);
        Ok(removed.is_some_and(|entry| entry.alive(Instant::now())))
    }

    async fn acquire(&self, key: &str, token: &str, ttl: Duration) -> Result<bool, KvError> {
        let mut shard = self.shard(key).lock();
        match shard.get(key).map(|entry| &entry.value) {
            None => {}
            Some(Value::Bytes(holder)) if holder == token.as_bytes() => {}
            Some(Value::Bytes(_)) => return Ok(false),
            Some(_) => return Err(wrong_type(key)),
        }
        shard.put(key, Value::Bytes(Bytes::copy_from_slice(token.as_bytes())), Some(ttl));
        Ok(true)
    }

    async fn release(&self, key: &str, token: &str) -> Result<bool, KvError> {
        let mut shard = self.shard(key).lock();
        match shard.get(key).map(|entry| &entry.value) {
            Some(Value::Bytes(holder)) if holder == token.as_bytes() => {
                shard.entries.remove(key);
                Ok(true)
            }
            None | Some(Value::Bytes(_)) => Ok(false),
            Some(_) => Err(wrong_type(key)),
        }
    }

    async fn incr_by(&self, key: &str, by: i64, ttl: Option<Duration>) -> Result<i64, KvError> {
        let mut shard = self.shard(key).lock();
        let Some(entry) = shard.get(key) else {
            shard.put(key, Value::Bytes(by.to_string().into()), ttl);
            return Ok(by);
        };
        let Value::Bytes(bytes) = &mut entry.value else { return Err(wrong_type(key)) };
        let before: Option<i64> = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
        let sum = before.and_then(|before| before.checked_add(by)).ok_or_else(|| wrong_type(key))?;
        *bytes = sum.to_string().into();
        Ok(sum)
    }

    async fn admit(&self, key: &str, limit: RateLimit, cost: u64) -> Result<Admission, KvError> {
        let Some(rate) = limit.per_micro() else { return Ok(Admission::NEVER) };
        let (now, burst) = (Instant::now(), limit.burst as f64);
        let mut shard = self.shard(key).lock();
        let tokens = match shard.get(key).map(|entry| &entry.value) {
            None => burst,
            Some(Value::Bucket { tokens, at }) => {
                let gained = now.saturating_duration_since(*at).as_micros() as f64 * rate;
                (tokens + gained).min(burst)
            }
            Some(_) => return Err(wrong_type(key)),
        };
        let allowed = cost as f64 <= tokens + DUST;
        let left = if allowed { (tokens - cost as f64).max(0.0) } else { tokens };
        if allowed && cost > 0 {
            // A bucket that would be full again need not be remembered.
            let full_in = Duration::from_micros(((burst - left) / rate).ceil() as u64);
            shard.put(key, Value::Bucket { tokens: left, at: now }, Some(full_in + Duration::from_millis(1)));
        }
        Ok(Admission::decided(allowed, left, limit, cost))
    }

    async fn put_field(&self, key: &str, field: &str, value: &[u8], ttl: Duration) -> Result<(), KvError> {
        let mut shard = self.shard(key).lock();
        let value = Bytes::copy_from_slice(value);
        let Some(entry) = shard.get(key) else {
            shard.put(key, Value::Fields(HashMap::from([(field.to_owned(), value)])), Some(ttl));
            return Ok(());
        };
        let Value::Fields(fields) = &mut entry.value else { return Err(wrong_type(key)) };
        fields.insert(field.to_owned(), value);
        entry.expires = deadline(Instant::now(), Some(ttl));
        Ok(())
    }

    async fn get_fields(&self, key: &str) -> Result<HashMap<String, Bytes>, KvError> {
        match self.shard(key).lock().get(key).map(|entry| &entry.value) {
            None => Ok(HashMap::new()),
            Some(Value::Fields(fields)) => Ok(fields.clone()),
            Some(_) => Err(wrong_type(key)),
        }
    }

    async fn delete_field(&self, key: &str, field: &str) -> Result<bool, KvError> {
        let mut shard = self.shard(key).lock();
        let Some(entry) = shard.get(key) else { return Ok(false) };
        let Value::Fields(fields) = &mut entry.value else { return Err(wrong_type(key)) };
        let removed = fields.remove(field).is_some();
        if fields.is_empty() {
            shard.entries.remove(key);
        }
        Ok(removed)
    }

    async fn publish(&self, channel: &str, payload: &[u8]) -> Result<(), KvError> {
        let mut channels = self.channels.lock();
        if let Some(sender) = channels.get(channel)
            && sender.send(Notice::Message(Bytes::copy_from_slice(payload))).is_err()
        {
            channels.remove(channel);
        }
        Ok(())
    }

    async fn subscribe(&self, channel: &str) -> Result<Notices, KvError> {
        let mut channels = self.channels.lock();
        channels.retain(|_, sender| sender.receiver_count() > 0);
        let sender = channels.entry(channel.to_owned()).or_insert_with(|| broadcast::Sender::new(BACKLOG));
        Ok(notices(sender.subscribe()))
    }
}
