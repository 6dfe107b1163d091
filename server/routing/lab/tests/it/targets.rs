//! What `make bench-routing` judges with ten seeds and all policies, with three and those that the targets name.

use routing_lab::{PolicyKind, report, report::Case, targets};
use shared::route::Preset;

#[test]
fn the_gateways_policy_reaches_its_targets() {
    let named = [PolicyKind::RoundRobin, PolicyKind::LeastRequests, PolicyKind::Ours(Preset::Balanced)];
    let wanted = |case: &Case| case.conditions.replicas == 1 && named.contains(&case.policy);
    let cases: Vec<Case> = targets::cases().into_iter().filter(wanted).collect();
    let verdicts = targets::judge(&report::play(&cases, &[1, 2, 3]));
    let missed: Vec<_> = verdicts.iter().filter(|verdict| !verdict.holds).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert_eq!(
        verdicts.len(),
        22,
        "three conditions on six traces, and the gain on two with fresh and old scrapes"
    );
}
