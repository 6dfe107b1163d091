//! What this replica knows of one deployment, and a call's place on it.

use std::{
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{Duration, Instant},
};

use arc_swap::ArcSwapOption;
use parking_lot::Mutex;
use routing::{AttemptResult, Breaker, Ejection, Handle, Latency, Seen, Showing, Slots};
use snapshot::{DeploymentHealth, TokenCounts};

use crate::{faulty::Faulty, fleet::Fleet, priority::Priority};

/// A deployment like others has its first token after this, and this many prompt tokens a second.
const USUAL_FIRST_TOKEN: f32 = 0.1;
const USUAL_PREFILL: f32 = 4_000.0;

/// One deployment.
#[derive(Debug)]
pub(crate) struct Unit {
    /// Its number in the index of prefixes.
    pub(crate) handle: Handle,
    pub(crate) in_flight: AtomicU32,
    /// Those of them that may wait.
    pub(crate) batch: AtomicU32,
    /// Prompt tokens of those that had no first token yet.
    pub(crate) unread: AtomicU32,
    pub(crate) breaker: Mutex<Breaker>,
    pub(crate) health: ArcSwapOption<DeploymentHealth>,
    /// Calls in flight when that was learned.
    pub(crate) ours_then: AtomicU32,
    pub(crate) latency: Mutex<Latency>,
    /// What its engine's words showed of its slots.
    pub(crate) slots: Mutex<Slots>,
    pub(crate) showing: Mutex<Shown>,
    pub(crate) ejection: Mutex<Ejection>,
    pub(crate) faulty: Mutex<Faulty>,
    /// When it came back, in a slow start.
    pub(crate) warm_since: Mutex<Option<Duration>>,
}

/// What its calls showed since the last look at outliers.
#[derive(Debug, Default)]
pub(crate) struct Shown {
    showing: Showing,
    /// Sum of what was seen for each second expected, and of how many calls.
    slowness: (f32, u32),
    looks: u32,
}

/// Looks after which a showing is begun anew, however few calls it has.
const MOST_LOOKS: u32 = 6;

impl Shown {
    /// What was shown; begun anew once it has enough calls to be judged by, or is old.
    pub(crate) fn look(&mut self, enough: u32) -> Showing {
        let (sum, calls) = self.slowness;
        let showing = Showing { slowness: (calls > 0).then(|| sum / calls as f32), ..self.showing };
        self.looks += 1;
        if showing.calls >= enough || self.looks >= MOST_LOOKS {
            *self = Self::default();
        }
        showing
    }
}

impl Unit {
    pub(crate) fn new(handle: Handle, warm_since: Option<Duration>) -> Self {
        Self {
            handle,
            in_flight: AtomicU32::new(0),
            batch: AtomicU32::new(0),
            unread: AtomicU32::new(0),
            breaker: Mutex::default(),
            health: ArcSwapOption::empty(),
            ours_then: AtomicU32::new(0),
            latency: Mutex::default(),
            slots: Mutex::default(),
            showing: Mutex::default(),
            ejection: Mutex::default(),
            faulty: Mutex::default(),
            warm_since: Mutex::new(warm_since),
        }
    }

    /// How an attempt on it ended.
    pub(crate) fn showed(&self, result: AttemptResult) {
        let failed = matches!(result, AttemptResult::Failure | AttemptResult::Timeout);
        if failed || result == AttemptResult::Success {
            let mut shown = self.showing.lock();
            shown.showing.calls += 1;
            shown.showing.failures += u32::from(failed);
        }
    }

    fn learn(&self, seen: &Seen, now: Duration) {
        if let Some(first_token) = seen.first_token {
            let usual = USUAL_FIRST_TOKEN + seen.read_tokens as f32 / USUAL_PREFILL;
            let mut shown = self.showing.lock();
            shown.slowness.0 += first_token.as_secs_f32() / usual;
            shown.slowness.1 += 1;
        }
        self.latency.lock().learn(seen, now);
    }
}

/// What a call brings to a deployment.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Burden {
    pub(crate) priority: Priority,
    pub(crate) prompt_tokens: u32,
    /// Of those, what the deployment's cache likely has.
    pub(crate) cached_tokens: u32,
    /// Share of its slots in use, 0 to 1.
    pub(crate) full: f32,
}

/// A call in flight on a deployment: counted from its selection until this is dropped, when the deployment learns from
/// what it saw.
#[derive(Debug)]
pub(crate) struct InFlight {
    fleet: Arc<Fleet>,
    unit: Arc<Unit>,
    burden: Burden,
    /// Prompt tokens of this call and of those before it, to be read before its first token.
    read: u32,
    /// Counted among the unread until the first token.
    unread: u32,
    sent: Option<Instant>,
    first_token: Option<Instant>,
    tokens: Option<TokenCounts>,
}

impl InFlight {
    pub(crate) fn count(fleet: Arc<Fleet>, unit: Arc<Unit>, burden: Burden) -> Self {
        let unread = burden.prompt_tokens.saturating_sub(burden.cached_tokens);
        unit.in_flight.fetch_add(1, Ordering::Relaxed);
        let before = unit.unread.fetch_add(unread, Ordering::Relaxed);
        if burden.priority == Priority::Batch {
            unit.batch.fetch_add(1, Ordering::Relaxed);
        }
        let read = before.saturating_add(unread);
        Self { fleet, unit, burden, read, unread, sent: None, first_token: None, tokens: None }
    }

    /// The request goes out now.
    pub(crate) fn sent(&mut self) {
        self.sent = Some(Instant::now());
    }

    /// The answer began.
    pub(crate) fn begun(&mut self) {
        self.first_token = Some(Instant::now());
        self.read_now();
    }

    /// What the engine counted.
    pub(crate) fn told(&mut self, tokens: TokenCounts) {
        self.tokens = Some(tokens);
    }

    fn read_now(&mut self) {
        self.unit.unread.fetch_sub(std::mem::take(&mut self.unread), Ordering::Relaxed);
    }

    fn learn(&self) {
        let Some(sent) = self.sent else { return };
        let tokens = self.tokens.unwrap_or_default();
        let count = |tokens: u64| u32::try_from(tokens).unwrap_or(u32::MAX);
        if self.tokens.is_some() {
            self.fleet.affinity.told(self.unit.handle, self.burden.cached_tokens, &tokens);
        }
        let decoded =
            self.first_token.map(|first| (count(tokens.completion.saturating_sub(1)), first.elapsed()));
        let seen = Seen {
            prompt_tokens: self.burden.prompt_tokens,
            read_tokens: self.read,
            full: self.burden.full,
            first_token: self.first_token.map(|first| first - sent),
            decoded,
            service: sent.elapsed(),
        };
        // Who never answered shows nothing of how fast it answers.
        if self.first_token.is_some() || self.tokens.is_some() {
            self.unit.learn(&seen, self.fleet.now());
        }
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.read_now();
        self.learn();
        self.unit.in_flight.fetch_sub(1, Ordering::Relaxed);
        if self.burden.priority == Priority::Batch {
            self.unit.batch.fetch_sub(1, Ordering::Relaxed);
        }
        self.fleet.tell_freed();
    }
}
