//! Who owns a route, and what only the operator may say.

use shared::route::{Retry, RouteSpec};

use super::{Fault, fault};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    Operator,
    Tenant,
}

/// A tenant says which of its models answer, in which order, and what keeps a caller on one; where they run, and what
/// loads the platform beyond a call, is the operator's.
pub(super) fn check(spec: &RouteSpec, owner: Owner) -> Result<(), Fault> {
    if owner == Owner::Operator {
        return Ok(());
    }
    let refused = "is your provider's to say: leave it out";
    for (at, arm) in spec.arms.iter().enumerate() {
        for (name, given) in [("pools", arm.pools.is_some()), ("deployments", arm.deployments.is_some())] {
            if given {
                return Err(fault(format!("arms[{at}].{name}"), format!("where an arm runs {refused}")));
            }
        }
    }
    let fields = [
        ("weights", spec.weights.is_some()),
        ("constraints", !spec.constraints.is_empty()),
        ("retry", spec.retry != Retry::default()),
        ("hedge", spec.hedge.is_some()),
        ("shadow", spec.shadow.is_some()),
        ("coalesce_ms", spec.coalesce_ms.is_some()),
    ];
    match fields.into_iter().find(|(_, given)| *given) {
        Some((name, _)) => Err(fault(name, format!("this {refused}"))),
        None => Ok(()),
    }
}
