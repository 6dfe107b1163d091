//! The configuration that calls are served by: one pointer to a snapshot, swapped whole.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use arc_swap::{ArcSwap, Guard};
use chrono::{DateTime, Utc};
use snapshot::Snapshot;
use tokio::sync::Notify;

/// Holds the snapshot at hand. Whoever reads the database publishes here; every call loads from here.
#[derive(Debug)]
pub struct ConfigurationCell {
    current: ArcSwap<Snapshot>,
    /// Milliseconds since 1970 when the database last agreed that this is current; `i64::MIN`: never.
    confirmed_at: AtomicI64,
    changed: Arc<Notify>,
}

impl Default for ConfigurationCell {
    fn default() -> Self {
        Self {
            current: ArcSwap::from_pointee(Snapshot::default()),
            confirmed_at: AtomicI64::new(i64::MIN),
            changed: Arc::new(Notify::new()),
        }
    }
}

impl ConfigurationCell {
    pub fn new() -> Self {
        Self::default()
    }

    /// Starts from a snapshot saved at `confirmed_at`, before the database was reached.
    pub fn restore(&self, snapshot: Snapshot, saved_at: DateTime<Utc>) {
        self.store(snapshot, saved_at);
    }

    /// A snapshot just read from the database. Calls from now on see it; those under way are looked at again.
    /// An older generation than the one at hand is dropped: readers may race.
    pub fn publish(&self, snapshot: Snapshot, now: DateTime<Utc>) {
        if snapshot.generation() < self.generation() {
            return;
        }
        self.store(snapshot, now);
    }

    /// The database was asked and has nothing newer.
    pub fn confirm(&self, now: DateTime<Utc>) {
        self.confirmed_at.fetch_max(now.timestamp_millis(), Ordering::Relaxed);
    }

    pub fn load(&self) -> Guard<Arc<Snapshot>> {
        self.current.load()
    }

    /// [`load`](Self::load) for longer than a moment, or across an await.
    pub(crate) fn load_full(&self) -> Arc<Snapshot> {
        self.current.load_full()
    }

    pub fn generation(&self) -> i64 {
        self.current.load().generation()
    }

    /// How long ago the database last confirmed it; None before there was any configuration.
    pub fn age(&self, now: DateTime<Utc>) -> Option<Duration> {
        let confirmed_at = self.confirmed_at.load(Ordering::Relaxed);
        let age = now.timestamp_millis().checked_sub(confirmed_at)?;
        (confirmed_at != i64::MIN).then(|| Duration::from_millis(age.max(0) as u64))
    }

    /// Told at every change of what callers may do: a new snapshot, a revocation.
    pub(crate) fn changed(&self) -> &Arc<Notify> {
        &self.changed
    }

    fn store(&self, snapshot: Snapshot, confirmed_at: DateTime<Utc>) {
        self.current.store(Arc::new(snapshot));
        self.confirmed_at.fetch_max(confirmed_at.timestamp_millis(), Ordering::Relaxed);
        self.changed.notify_waiters();
    }
}
