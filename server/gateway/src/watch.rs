//! Notices while a call is under way that its caller may no longer call.

use std::{pin::Pin, sync::Arc};

use tokio::sync::{Notify, futures::OwnedNotified};

use crate::{
    admit::Caller,
    error::CallError,
    gateway::{Core, Shared},
};

/// Woken at every change of keys or tenants, which is rare; silent otherwise.
#[derive(Debug)]
pub(crate) struct Watch {
    gateway: Shared,
    caller: Caller,
    changed: Pin<Box<OwnedNotified>>,
}

impl Watch {
    pub(crate) fn over(gateway: &Shared, caller: &Caller) -> Self {
        Self { gateway: gateway.clone(), caller: caller.clone(), changed: listen(gateway) }
    }

    /// Resolves when the key was revoked or disabled or its tenant suspended, with what to tell. May be dropped and
    /// called again; nothing is missed.
    pub(crate) async fn gone(&mut self) -> CallError {
        loop {
            self.changed.as_mut().await;
            // Listening again before looking: a change in between wakes the next turn.
            self.changed = listen(&self.gateway);
            if let Err(error) = self.caller.still_good(&self.gateway) {
                return error;
            }
        }
    }
}

fn listen(gateway: &Core) -> Pin<Box<OwnedNotified>> {
    let changed: Arc<Notify> = gateway.configuration.changed().clone();
    let mut changed = Box::pin(changed.notified_owned());
    changed.as_mut().enable();
    changed
}
