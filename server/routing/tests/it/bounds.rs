//! An account's rules, and a route's, keep out what they name.

use routing::{Bounds, Filter, Ground, RouteBounds};
use shared::{
    DeploymentId, PoolId, RouteId,
    route::{Constraints, RouteSpec},
};
use snapshot::{ArmEntry, Route, RouteEntry};
use uuid::Uuid;

fn names(of: &[&str]) -> Vec<String> {
    of.iter().map(|name| (*name).to_owned()).collect()
}

const POOL: PoolId = PoolId::from_uuid(Uuid::from_u128(1));
const OTHER_POOL: PoolId = PoolId::from_uuid(Uuid::from_u128(2));
const DEPLOYMENT: DeploymentId = DeploymentId::from_uuid(Uuid::from_u128(3));
const OTHER: DeploymentId = DeploymentId::from_uuid(Uuid::from_u128(4));

const GROUND: Ground<'static> =
    Ground { external: false, region: Some("eu-de"), pool: POOL, deployment: DEPLOYMENT, data_classes: None };

fn route(constraints: Constraints) -> RouteEntry {
    let spec = RouteSpec { constraints, ..RouteSpec::default() };
    let id = RouteId::from_uuid(Uuid::nil());
    RouteEntry {
        route: Route { id, tenant_id: None, name: "r".into(), version: 1, spec },
        arms: Vec::new(),
        fallbacks: Vec::new(),
        smaller: Vec::new(),
        shadow: None,
        pools: None,
        deny_pools: [].into(),
        deny_deployments: [].into(),
    }
}

fn filter(route: &RouteEntry, arm: Option<&ArmEntry>, ground: &Ground<'_>) -> Option<Filter> {
    RouteBounds { route, arm }.filter(ground)
}

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
    let mut bounded =
        route(Constraints { regions: Some(names(&["eu-de"])), inside_only: true, ..Constraints::default() });
    assert_eq!(filter(&bounded, None, &GROUND), None);
    assert_eq!(filter(&bounded, None, &Ground { region: Some("us"), ..GROUND }), Some(Filter::RouteRegion));
    assert_eq!(filter(&bounded, None, &Ground { region: None, ..GROUND }), Some(Filter::RouteRegion));
    assert_eq!(filter(&bounded, None, &Ground { external: true, ..GROUND }), Some(Filter::RouteExternal));
    bounded.deny_deployments = [DEPLOYMENT].into();
    assert_eq!(filter(&bounded, None, &GROUND), Some(Filter::RouteDeployment));
    bounded.deny_pools = [POOL].into();
    assert_eq!(filter(&bounded, None, &GROUND), Some(Filter::RoutePool));
}

#[test]
fn an_arm_may_name_its_pools_and_deployments_and_a_fallback_is_not_bound_by_them() {
    let open = route(Constraints::default());
    let arm = ArmEntry { models: Vec::new(), pools: Some([OTHER_POOL].into()), deployments: None };
    assert_eq!(filter(&open, Some(&arm), &GROUND), Some(Filter::RoutePool));
    assert_eq!(filter(&open, Some(&arm), &Ground { pool: OTHER_POOL, ..GROUND }), None);
    assert_eq!(filter(&open, None, &GROUND), None);
    let arm = ArmEntry { pools: None, deployments: Some([OTHER].into()), ..arm };
    assert_eq!(filter(&open, Some(&arm), &GROUND), Some(Filter::RouteDeployment));
    assert_eq!(filter(&open, Some(&arm), &Ground { deployment: OTHER, ..GROUND }), None);
}
