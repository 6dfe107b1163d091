//! Why the rules of an account or a route, or the wishes of a caller, keep a deployment out.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use shared::{DeploymentId, PoolId};
use snapshot::{ArmEntry, RouteEntry};

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// It stands outside the platform, and the account does not let calls leave.
    ExternalAccount,
    /// It stands outside the platform, and the project's class of data may not leave.
    ExternalDataClass,
    /// It is not cleared for the project's class of data.
    DataClass,
    /// It is not in a region in which the account's calls must run.
    Residency,
    /// Its engine has no such task.
    Task,
    /// It writes fewer tokens than were asked for.
    OutputLimit,
    /// The route keeps its calls inside the platform.
    RouteExternal,
    /// Not in a region of the route.
    RouteRegion,
    /// Not in a pool of the route or its arm, or in one that it denies.
    RoutePool,
    /// Not a deployment of the arm, or one that the route denies.
    RouteDeployment,
    /// Dearer than the route's calls may be.
    RoutePrice,
    /// A parameter of the request is not among those that it takes.
    Parameters,
    DataCollection,
    Quantization,
    Only,
    Ignore,
    /// Not among those named, with fallbacks ruled out.
    Order,
    MaxPrice,
}

impl Filter {
    /// A word for traces and metrics.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ExternalAccount => "external_account",
            Self::ExternalDataClass => "external_data_class",
            Self::DataClass => "data_class",
            Self::Residency => "residency",
            Self::Task => "task",
            Self::OutputLimit => "output_limit",
            Self::RouteExternal => "route_external",
            Self::RouteRegion => "route_region",
            Self::RoutePool => "route_pool",
            Self::RouteDeployment => "route_deployment",
            Self::RoutePrice => "route_price",
            Self::Parameters => "parameters",
            Self::DataCollection => "data_collection",
            Self::Quantization => "quantization",
            Self::Only => "only",
            Self::Ignore => "ignore",
            Self::Order => "order",
            Self::MaxPrice => "max_price",
        }
    }
}

/// What the account's rules look at of one deployment.
#[derive(Debug, Clone, Copy)]
pub struct Ground<'a> {
    /// It stands outside the platform.
    pub external: bool,
    pub region: Option<&'a str>,
    pub pool: PoolId,
    pub deployment: DeploymentId,
    /// Classes of data that it is cleared for; None: all that need no clearance.
    pub data_classes: Option<&'a [String]>,
}

/// What an account says of where its calls may run. Nothing that a caller or a route wishes widens it.
#[derive(Debug, Clone, Copy, Default)]
pub struct Bounds<'a> {
    pub allows_external: bool,
    pub data_class: Option<&'a str>,
    pub data_class_allows_external: bool,
    pub data_class_needs_clearance: bool,
    /// Regions of the tenant, and of the project; each bounds.
    pub residency: [Option<&'a [String]>; 2],
}

impl Bounds<'_> {
    pub fn filter(&self, ground: &Ground<'_>) -> Option<Filter> {
        let cleared = || match (self.data_class, ground.data_classes) {
            (None, _) => true,
            (Some(_), None) => !self.data_class_needs_clearance,
            (Some(class), Some(cleared)) => names(cleared, class),
        };
        let resident = |regions: Option<&[String]>| {
            regions.is_none_or(|regions| ground.region.is_some_and(|region| names(regions, region)))
        };
        if !self.residency.into_iter().all(resident) {
            return Some(Filter::Residency);
        }
        if ground.external && !self.allows_external {
            return Some(Filter::ExternalAccount);
        }
        if ground.external && !self.data_class_allows_external {
            return Some(Filter::ExternalDataClass);
        }
        (!cleared()).then_some(Filter::DataClass)
    }
}

/// What a route says of where its calls may run.
#[derive(Debug, Clone, Copy)]
pub struct RouteBounds<'a> {
    pub route: &'a RouteEntry,
    /// The arm that was drawn, where the model is one of its own; a route's fallbacks run wherever the route may.
    pub arm: Option<&'a ArmEntry>,
}

impl RouteBounds<'_> {
    pub fn filter(&self, ground: &Ground<'_>) -> Option<Filter> {
        let rules = &self.route.route.spec.constraints;
        let in_pools =
            |pools: Option<&HashSet<PoolId>>| pools.is_none_or(|pools| pools.contains(&ground.pool));
        let arm_pools = self.arm.and_then(|arm| arm.pools.as_ref());
        let arm_deployments = self.arm.and_then(|arm| arm.deployments.as_ref());
        let named = arm_deployments.is_none_or(|named| named.contains(&ground.deployment));
        let region = || ground.region.is_some_and(|region| rules.regions.iter().any(|of| names(of, region)));
        let denied = self.route.deny_pools.contains(&ground.pool);
        let checks = [
            (rules.inside_only && ground.external, Filter::RouteExternal),
            (rules.regions.is_some() && !region(), Filter::RouteRegion),
            (!in_pools(self.route.pools.as_ref()) || !in_pools(arm_pools) || denied, Filter::RoutePool),
            (!named || self.route.deny_deployments.contains(&ground.deployment), Filter::RouteDeployment),
        ];
        checks.into_iter().find_map(|(out, filter)| out.then_some(filter))
    }
}

fn names(list: &[String], name: &str) -> bool {
    list.iter().any(|one| one.eq_ignore_ascii_case(name))
}
