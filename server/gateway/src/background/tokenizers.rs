//! Models' tokenizers, read when the configuration names new ones.

use std::{pin::pin, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use crate::gateway::Shared;

/// A file may come after the configuration that names it.
const LOOK_AGAIN: Duration = Duration::from_secs(5);

/// Endless: reads at each change of the configuration, and now and then.
pub(super) async fn follow(core: &Shared) {
    let mut ticks = interval(LOOK_AGAIN);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        // Listening before reading: a change in between wakes the next turn.
        let mut changed = pin!(core.configuration.changed().notified());
        changed.as_mut().enable();
        let (shared, snapshot) = (core.clone(), core.configuration.load_full());
        let read = tokio::task::spawn_blocking(move || shared.tokenizers.follow(&snapshot));
        if let Err(error) = read.await {
            tracing::error!(%error, "tokenizers could not be read");
        }
        tokio::select! {
            _ = ticks.tick() => {}
            () = changed => {}
        }
    }
}
