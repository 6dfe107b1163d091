//! Stage 4: the call's place, in its tenant's share and on the deployment it will try first.

use std::time::Duration;

use shared::ErrorCode;

use crate::{error::CallError, fleet::InFlight, gateway::Core, plan::Planned, tenants::TenantCall};

/// A planned call that counts. What it holds is given back when it is dropped, however the call ends.
#[derive(Debug)]
pub(crate) struct Reserved {
    planned: Planned,
    /// In flight from its selection, not from its response, so that calls planned at once see each other.
    first: Option<InFlight>,
    tenant: TenantCall,
}

impl Reserved {
    pub(crate) fn reserve(gateway: &Core, planned: Planned) -> Result<Self, CallError> {
        let tenant = &planned.admitted().caller().tenant().tenant;
        let limit = tenant.max_concurrent_requests.unwrap_or(gateway.settings.tenant_concurrency);
        let place = gateway.tenants.begin(tenant.id, limit).ok_or_else(|| {
            CallError::new(
                ErrorCode::ConcurrencyLimited,
                format!("{limit} calls of this account are under way, which is its limit. Try again when one has ended."),
            )
            .retry_after(Duration::from_secs(1))
        })?;
        let first = planned.deployments().next().map(|deployment| gateway.fleet.count(deployment.id));
        Ok(Self { planned, first, tenant: place })
    }

    pub(crate) const fn planned(&self) -> &Planned {
        &self.planned
    }

    /// Takes it apart for dispatch: the plan, the count on the first deployment, the tenant's place.
    pub(crate) fn into_parts(self) -> (Planned, Option<InFlight>, TenantCall) {
        (self.planned, self.first, self.tenant)
    }
}
