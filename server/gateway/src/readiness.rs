//! Whether this replica can serve calls.

use std::sync::atomic::Ordering;

use crate::gateway::Shared;

/// A handle for `/readyz` and for shutting down.
#[derive(Debug, Clone)]
pub struct Readiness {
    core: Shared,
}

impl Readiness {
    pub(crate) const fn of(core: Shared) -> Self {
        Self { core }
    }

    /// Why no call can be served now, in words for an operator; None when they can. An outage of the database or of
    /// the shared store alone is no reason: the data plane lives on.
    pub fn why_not(&self) -> Option<String> {
        let now = self.core.clock.now();
        self.core.serves(now).err().map(|error| error.message)
    }

    pub fn is_ready(&self) -> bool {
        self.why_not().is_none()
    }

    /// The generation of the configuration at hand.
    pub fn generation(&self) -> i64 {
        self.core.configuration.generation()
    }

    /// From now on new calls are refused with 503 `draining`; those under way go on.
    pub fn drain(&self) {
        self.core.draining.store(true, Ordering::Relaxed);
    }
}
