//! Stage 5: the call's place, in its tenant's share and on the deployment it will try first.

use std::time::Duration;

use shared::ErrorCode;

use crate::{
    admit::Admitted,
    error::CallError,
    gateway::Core,
    plan::Planned,
    priority::Priority,
    tenants::{TenantCall, TenantCalls},
    unit::InFlight,
};

/// A call that waits looks again this often, whatever it hears: engines' own queues move unheard.
const LOOK_AGAIN: Duration = Duration::from_millis(250);

/// A planned call that counts. What it holds is given back when it is dropped, however the call ends.
#[derive(Debug)]
pub(crate) struct Reserved {
    planned: Planned,
    /// In flight from its selection, not from its response, so that calls planned at once see each other.
    first: Option<InFlight>,
    tenant: Option<TenantCall>,
}

impl Reserved {
    /// A call that may wait waits here, as long as its caller does: it takes no place from an interactive one.
    pub(crate) async fn reserve(gateway: &Core, mut planned: Planned) -> Result<Self, CallError> {
        if planned.admitted().caller().priority() == Priority::Batch {
            let first = Self::wait(gateway, &mut planned).await;
            return Ok(Self { planned, first: Some(first), tenant: None });
        }
        let tenant = place(gateway, planned.admitted())?;
        let first = planned.targets().next();
        let first = first.map(|target| gateway.fleet.count(target.deployment.id, target.burden));
        Ok(Self { planned, first, tenant: Some(tenant) })
    }

    /// Waits for a slot on any of the planned deployments, best first.
    async fn wait(gateway: &Core, planned: &mut Planned) -> InFlight {
        loop {
            let mut freed = std::pin::pin!(gateway.fleet.freed());
            // Listening before looking: a call that ends in between wakes the next turn.
            freed.as_mut().enable();
            let found = planned.targets().enumerate().find_map(|(place, target)| {
                let slot =
                    gateway.fleet.count_batch(target.deployment.id, gateway.settings.batch, target.burden)?;
                Some((place, slot))
            });
            if let Some((place, slot)) = found {
                planned.prefer(place);
                return slot;
            }
            let _ = tokio::time::timeout(LOOK_AGAIN, freed).await;
        }
    }

    /// Takes it apart for dispatch: the plan, the count on the first deployment, the tenant's place.
    pub(crate) fn into_parts(self) -> (Planned, Option<InFlight>, Option<TenantCall>) {
        (self.planned, self.first, self.tenant)
    }
}

/// A place in the tenant's share.
pub(crate) fn place(gateway: &Core, admitted: &Admitted) -> Result<TenantCall, CallError> {
    let tenant = &admitted.caller().tenant().tenant;
    let limit = tenant.max_concurrent_requests.unwrap_or(gateway.settings.tenant_concurrency);
    TenantCalls::begin(&gateway.tenants, tenant.id, limit).ok_or_else(|| {
        CallError::new(
            ErrorCode::ConcurrencyLimited,
            format!("{limit} calls of this account are under way, which is its limit. Try again when one has ended."),
        )
        .retry_after(Duration::from_secs(1))
    })
}
