//! An account's rules, and a route's, keep out what they name.

use routing::{Bounds, Filter, Ground, RouteBounds};
use shared::route::Constraints;

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

const GROUND: Ground<'static> =
    Ground { external: false, region: Some("eu-de"), pool: "shared", name: "gpu-1", data_classes: None };

#[test]
fn what_stands_outside_needs_account_and_data_class() {
    let outside = Ground { external: true, ..GROUND };
    let allowed = Bounds { allows_external: true, data_class_allows_external: true, ..Bounds::default() };
    assert_eq!(allowed.filter(&outside), None);
    let account = Bounds { allows_external: false, ..allowed };
    assert_eq!(account.filter(&outside), Some(Filter::ExternalAccount));
    let class = Bounds { data_class_allows_external: false, ..allowed };
    assert_eq!(class.filter(&outside), Some(Filter::ExternalDataClass));
    assert_eq!(Bounds::default().filter(&GROUND), None, "what stands inside is not asked");
}

#[test]
fn residency_bounds_by_tenant_and_by_project_and_an_unknown_region_is_outside() {
    let (tenant, project) = (names(&["eu-de", "eu-fr"]), names(&["eu-fr"]));
    let bounds = Bounds { residency: [Some(&tenant), None], ..Bounds::default() };
    assert_eq!(bounds.filter(&GROUND), None);
    let narrowed = Bounds { residency: [Some(&tenant), Some(&project)], ..Bounds::default() };
    assert_eq!(narrowed.filter(&GROUND), Some(Filter::Residency));
    assert_eq!(narrowed.filter(&Ground { region: Some("EU-FR"), ..GROUND }), None);
    assert_eq!(bounds.filter(&Ground { region: None, ..GROUND }), Some(Filter::Residency));
}

#[test]
fn a_class_that_needs_clearance_goes_only_where_it_is_cleared() {
    let cleared = names(&["restricted"]);
    let bounds =
        Bounds { data_class: Some("restricted"), data_class_needs_clearance: true, ..Bounds::default() };
    assert_eq!(bounds.filter(&GROUND), Some(Filter::DataClass));
    assert_eq!(bounds.filter(&Ground { data_classes: Some(&cleared), ..GROUND }), None);
    let open = Bounds { data_class_needs_clearance: false, ..bounds };
    assert_eq!(open.filter(&GROUND), None);
    let other = names(&["public"]);
    assert_eq!(open.filter(&Ground { data_classes: Some(&other), ..GROUND }), Some(Filter::DataClass));
}

#[test]
fn a_route_keeps_its_calls_where_it_says() {
    let rules = Constraints { regions: Some(names(&["eu-de"])), inside_only: true, ..Constraints::default() };
    let route = RouteBounds { constraints: Some(&rules), ..RouteBounds::default() };
    assert_eq!(route.filter(&GROUND), None);
    assert_eq!(route.filter(&Ground { region: Some("us"), ..GROUND }), Some(Filter::RouteRegion));
    assert_eq!(route.filter(&Ground { region: None, ..GROUND }), Some(Filter::RouteRegion));
    assert_eq!(route.filter(&Ground { external: true, ..GROUND }), Some(Filter::RouteExternal));
    let denied = Constraints { deny_pools: names(&["shared"]), ..Constraints::default() };
    let route = RouteBounds { constraints: Some(&denied), ..RouteBounds::default() };
    assert_eq!(route.filter(&GROUND), Some(Filter::RoutePool));
    let denied = Constraints { deny_deployments: names(&["gpu-1"]), ..Constraints::default() };
    let route = RouteBounds { constraints: Some(&denied), ..RouteBounds::default() };
    assert_eq!(route.filter(&GROUND), Some(Filter::RouteDeployment));
}

#[test]
fn an_arm_may_name_its_pools_and_deployments() {
    let (pools, deployments) = (names(&["canary"]), names(&["gpu-2"]));
    let arm = RouteBounds { pools: Some(&pools), ..RouteBounds::default() };
    assert_eq!(arm.filter(&GROUND), Some(Filter::RoutePool));
    assert_eq!(arm.filter(&Ground { pool: "canary", ..GROUND }), None);
    let arm = RouteBounds { deployments: Some(&deployments), ..RouteBounds::default() };
    assert_eq!(arm.filter(&GROUND), Some(Filter::RouteDeployment));
}
