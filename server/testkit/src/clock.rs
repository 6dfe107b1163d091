use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use shared::Clock;

/// A clock that stands until it is wound, in whole seconds.
#[derive(Debug, Clone)]
pub struct TestClock(Arc<AtomicI64>);

impl TestClock {
    /// Monday, 2 March 2026, 10:00 UTC.
    pub const START: i64 = 1_772_445_600;

    #[expect(clippy::new_without_default, reason = "a test says where it begins")]
    pub fn new() -> Self {
        Self(Arc::new(AtomicI64::new(Self::START)))
    }

    /// For the parts under test; follows.
    pub fn clock(&self) -> Clock {
        let own = self.clone();
        Clock::from_fn(move || own.now())
    }

    pub fn now(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.0.load(Ordering::SeqCst), 0).expect("a test stays in its era")
    }

    pub fn wind(&self, by: TimeDelta) {
        self.0.fetch_add(by.num_seconds(), Ordering::SeqCst);
    }
}
