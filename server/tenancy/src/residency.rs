//! Regions that calls must run in: a tenant's are the operator's to say, a project's are some of its tenant's.
//!
//! Which regions there are is not asked: a promise may be made before the machines stand. Where none serves, calls fail.

use web::Problem;

const MOST: usize = 64;
const MAX_NAME: usize = 64;

/// Names of regions; a list that is empty would let no call run.
pub fn check(regions: Option<&[String]>) -> Result<(), Problem> {
    let Some(regions) = regions else { return Ok(()) };
    if !(1..=MOST).contains(&regions.len()) {
        let message = format!("expected 1 to {MOST} regions, or null for anywhere");
        return Err(Problem::field("residency", message));
    }
    for (at, region) in regions.iter().enumerate() {
        let place = || format!("residency[{at}]");
        let shaped = (1..=MAX_NAME).contains(&region.len())
            && region.chars().all(|c| c.is_ascii_alphanumeric() || "._-".contains(c));
        if !shaped {
            let accepted =
                "expected a region as deployments name it: 1 to 64 letters, digits, and `.`, `_`, `-`";
            return Err(Problem::field(place(), accepted));
        }
        if regions[..at].contains(region) {
            return Err(Problem::field(place(), format!("`{region}` is there already")));
        }
    }
    Ok(())
}

/// A project's regions, none of which is beyond its tenant's.
pub fn check_within(regions: &[String], tenants: Option<&[String]>) -> Result<(), Problem> {
    check(Some(regions))?;
    let Some(tenants) = tenants else { return Ok(()) };
    match regions.iter().enumerate().find(|(_, region)| !tenants.contains(region)) {
        Some((at, region)) => {
            let message =
                format!("`{region}` is not a region of the account: expected {}", tenants.join(", "));
            Err(Problem::field(format!("residency[{at}]"), message))
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn regions(names: &[&str]) -> Vec<String> {
        names.iter().map(|name| (*name).to_owned()).collect()
    }

    #[test]
    fn a_list_of_regions_lets_something_run() {
        assert!(check(None).is_ok());
        assert!(check(Some(&regions(&["eu-west-1", "us"]))).is_ok());
        for bad in [regions(&[]), regions(&["eu", "eu"]), regions(&[""]), regions(&["e u"])] {
            assert!(check(Some(&bad)).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_project_stays_within_its_tenant() {
        let tenants = regions(&["eu", "ch"]);
        assert!(check_within(&regions(&["ch"]), Some(&tenants)).is_ok());
        assert!(check_within(&regions(&["us"]), None).is_ok());
        let refused = check_within(&regions(&["ch", "us"]), Some(&tenants)).unwrap_err();
        assert_eq!(refused.body().errors[0].field, "residency[1]");
    }
}
