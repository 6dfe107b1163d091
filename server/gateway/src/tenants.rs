//! Calls at once, by tenant.

use std::{collections::HashMap, sync::Arc};

use parking_lot::Mutex;
use shared::TenantId;

/// Tenants with at least one call under way, and how many.
#[derive(Debug, Default)]
pub(crate) struct TenantCalls(Mutex<HashMap<TenantId, u32>>);

/// One call of a tenant, counted until this is dropped.
#[derive(Debug)]
pub(crate) struct TenantCall {
    calls: Arc<TenantCalls>,
    tenant: TenantId,
}

impl TenantCalls {
    /// Counts one more call; None at the limit. Counting and comparing are one step.
    pub(crate) fn begin(self: &Arc<Self>, tenant: TenantId, limit: u32) -> Option<TenantCall> {
        let mut calls = self.0.lock();
        let now = calls.entry(tenant).or_default();
        if *now >= limit {
            if *now == 0 {
                calls.remove(&tenant);
            }
            return None;
        }
        *now += 1;
        Some(TenantCall { calls: self.clone(), tenant })
    }
}

impl Drop for TenantCall {
    fn drop(&mut self) {
        let mut calls = self.calls.0.lock();
        if let Some(now) = calls.get_mut(&self.tenant) {
            *now -= 1;
            if *now == 0 {
                calls.remove(&self.tenant);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tenant_has_no_more_than_its_limit_at_once_and_is_forgotten_after() {
        let calls = Arc::new(TenantCalls::default());
        let (one, other) = (TenantId::generate(), TenantId::generate());
        let first = calls.begin(one, 2).unwrap();
        let second = calls.begin(one, 2).unwrap();
        assert!(calls.begin(one, 2).is_none());
        assert!(calls.begin(other, 2).is_some());
        drop(first);
        assert!(calls.begin(one, 2).is_some());
        drop(second);
        assert!(calls.begin(other, 0).is_none());
        assert!(calls.0.lock().is_empty());
    }
}
