//! Rules of arms.

use shared::route::RouteArm;

use super::{Fault, MOST, Models, check_allowed, fault, places};

const MAX_ARM_NAME: usize = 64;
const MAX_WEIGHT: u32 = 1_000_000;

pub(super) fn check(arms: &[RouteArm], models: &Models<'_>) -> Result<(), Fault> {
    if arms.is_empty() {
        return Err(fault("arms", "expected at least one arm"));
    }
    if arms.len() > MOST {
        return Err(fault("arms", format!("expected at most {MOST} arms")));
    }
    for (at, arm) in arms.iter().enumerate() {
        let place = format!("arms[{at}]");
        if arms[..at].iter().any(|one| one.name == arm.name) {
            return Err(fault(format!("{place}.name"), format!("there is an arm `{}` already", arm.name)));
        }
        check_arm(&place, arm, models)?;
    }
    if arms.iter().all(|arm| arm.weight == 0) {
        return Err(fault("arms", "every arm has weight 0: give one at least a share"));
    }
    Ok(())
}

fn check_arm(place: &str, arm: &RouteArm, models: &Models<'_>) -> Result<(), Fault> {
    let named = (1..=MAX_ARM_NAME).contains(&arm.name.len())
        && arm.name.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
    if !named {
        let accepted = "expected 1 to 64 letters, digits, and `.`, `_`, `-`";
        return Err(fault(format!("{place}.name"), accepted));
    }
    if arm.weight > MAX_WEIGHT {
        return Err(fault(format!("{place}.weight"), format!("{}: expected 0 to {MAX_WEIGHT}", arm.weight)));
    }
    if arm.models.is_empty() {
        return Err(fault(format!("{place}.models"), "expected at least one model"));
    }
    models.check_list(&format!("{place}.models"), &arm.models)?;
    check_allowed(&format!("{place}.pools"), arm.pools.as_deref(), |place, name| {
        models.known.pool(place, name)
    })?;
    check_allowed(&format!("{place}.deployments"), arm.deployments.as_deref(), |place, name| {
        let served = models.known.deployment(place, name)?;
        if arm.models.iter().any(|model| model == served) {
            return Ok(());
        }
        Err(fault(place, format!("`{name}` serves `{served}`, which is no model of this arm")))
    })
}

/// Every model that arms name, with its place.
pub(super) fn models(arms: &[RouteArm]) -> Vec<(String, &str)> {
    arms.iter().enumerate().flat_map(|(at, arm)| places(&format!("arms[{at}].models"), &arm.models)).collect()
}
