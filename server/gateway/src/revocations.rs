//! Keys revoked lately, known before the snapshot that lacks them arrives.

use std::{
    collections::HashMap,
    sync::{Arc, atomic::AtomicBool, atomic::Ordering},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::RwLock;
use shared::ApiKeyId;
use tokio::sync::Notify;

/// The `kv` channel on which a revocation is told: the key's id in its text form.
pub const REVOCATIONS_CHANNEL: &str = "revocations";

/// Once a snapshot newer than a revocation by this much is there, the snapshot itself lacks the key.
const SETTLES_AFTER: TimeDelta = TimeDelta::minutes(5);
/// A bound on memory; with so many, the oldest is forgotten, long after its snapshot arrived.
const MOST: usize = 100_000;

/// A set of key ids. Looking is one read lock, and none while there has been no revocation.
#[derive(Debug, Default)]
pub struct Revocations {
    any: AtomicBool,
    keys: RwLock<HashMap<ApiKeyId, DateTime<Utc>>>,
    changed: Option<Arc<Notify>>,
}

impl Revocations {
    /// `changed` is told at each revocation, so that calls under way look whether theirs was the key.
    pub(crate) fn telling(changed: Arc<Notify>) -> Self {
        Self { changed: Some(changed), ..Self::default() }
    }

    /// From now on the key opens nothing, and its open streams end.
    pub fn revoke(&self, key: ApiKeyId, now: DateTime<Utc>) {
        let mut keys = self.keys.write();
        if keys.len() >= MOST
            && let Some(oldest) = keys.iter().min_by_key(|(_, at)| **at).map(|(key, _)| *key)
        {
            keys.remove(&oldest);
        }
        keys.insert(key, now);
        self.any.store(true, Ordering::Release);
        drop(keys);
        if let Some(changed) = &self.changed {
            changed.notify_waiters();
        }
    }

    pub fn contains(&self, key: ApiKeyId) -> bool {
        self.any.load(Ordering::Acquire) && self.keys.read().contains_key(&key)
    }

    /// Forgets what every snapshot now says itself. `confirmed` is the age of the configuration at hand: while the
    /// database is away nothing is forgotten.
    pub(crate) fn settle(&self, now: DateTime<Utc>, confirmed: Option<Duration>) {
        let Some(confirmed) = confirmed.and_then(|age| TimeDelta::from_std(age).ok()) else { return };
        if !self.any.load(Ordering::Acquire) {
            return;
        }
        let mut keys = self.keys.write();
        keys.retain(|_, at| *at + SETTLES_AFTER > now - confirmed);
        self.any.store(!keys.is_empty(), Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revocation_is_kept_until_a_later_configuration_is_confirmed() {
        let revocations = Revocations::default();
        let (key, start) = (ApiKeyId::generate(), DateTime::UNIX_EPOCH);
        assert!(!revocations.contains(key));
        revocations.revoke(key, start);
        assert!(revocations.contains(key));

        let later = start + TimeDelta::minutes(30);
        revocations.settle(later, None);
        revocations.settle(later, Some(Duration::from_mins(29)));
        assert!(revocations.contains(key), "the database has been away since");
        revocations.settle(later, Some(Duration::ZERO));
        assert!(!revocations.contains(key));
    }
}
