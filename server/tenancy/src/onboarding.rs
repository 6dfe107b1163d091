//! Rules about tenants as such: what a new one is given, and what may be changed by whom.

use access::policy::Acting;
use shared_api::tenancy::{TenantChange, TenantStatus};

use crate::TenancyError;

/// The project that a new tenant begins with.
pub const FIRST_PROJECT: &str = "Default";

/// A limit as the database keeps it.
pub fn limit(max_concurrent_requests: Option<u32>) -> Result<Option<i32>, TenancyError> {
    let limit =
        max_concurrent_requests.map(i32::try_from).transpose().map_err(|_| TenancyError::NoRequests)?;
    if limit == Some(0) { Err(TenancyError::NoRequests) } else { Ok(limit) }
}

/// Members change the name; status, limits, regions and whether calls may leave the platform are the operator's. Deleting is an action of its own.
pub fn check_change(acting: Acting, change: &TenantChange) -> Result<(), TenancyError> {
    if change.status == Some(TenantStatus::Deleted) {
        return Err(TenancyError::DeletedByStatus);
    }
    let operators = change.status.is_some()
        || change.max_concurrent_requests.is_some()
        || change.external_engines.is_some()
        || change.residency.is_some();
    if operators && acting != Acting::Operator { Err(TenancyError::OperatorsOnly) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use shared::Role;

    use super::*;

    #[test]
    fn a_tenant_does_not_lift_its_own_limits() {
        let owner = Acting::Member(Role::Owner);
        let name = TenantChange { name: Some("Acme".parse().unwrap()), ..TenantChange::default() };
        assert!(check_change(owner, &name).is_ok());
        let lift = TenantChange { max_concurrent_requests: Some(None), ..TenantChange::default() };
        assert!(matches!(check_change(owner, &lift), Err(TenancyError::OperatorsOnly)));
        assert!(check_change(Acting::Operator, &lift).is_ok());
        let leave = TenantChange { external_engines: Some(true), ..TenantChange::default() };
        assert!(matches!(check_change(owner, &leave), Err(TenancyError::OperatorsOnly)));
        let roam = TenantChange { residency: Some(None), ..TenantChange::default() };
        assert!(matches!(check_change(owner, &roam), Err(TenancyError::OperatorsOnly)));
        let delete = TenantChange { status: Some(TenantStatus::Deleted), ..TenantChange::default() };
        assert!(matches!(check_change(Acting::Operator, &delete), Err(TenancyError::DeletedByStatus)));
    }

    #[test]
    fn a_limit_lets_something_through() {
        assert_eq!(limit(None).unwrap(), None);
        assert_eq!(limit(Some(8)).unwrap(), Some(8));
        assert!(limit(Some(0)).is_err() && limit(Some(u32::MAX)).is_err());
    }
}
