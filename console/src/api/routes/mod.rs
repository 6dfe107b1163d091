//! Routes: the operator's, and a tenant's own. Where `tenant` is empty they are the operator's.

mod callable;
mod change;
mod compare;
mod explain;
mod form;
#[cfg(feature = "ssr")]
mod words;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{RouteId, TenantId};
use shared_api::catalog::{Deployment, Pool};

use super::{Answer, ApiProblem};

#[cfg(feature = "ssr")]
use {
    super::{call, catalog, tenancy},
    futures::{StreamExt as _, TryStreamExt as _, stream},
    shared::{Page, route::RouteSpec},
    shared_api::routes::{Route, RouteArms, RouteVersion},
};

pub use callable::{CallableRoute, ReadCallableRoutes, ReadResolution};
pub use change::{DeleteRoute, PromoteArm, RollBack, SaveRoute, Saved, SetShares};
pub use compare::{Compared, ComparedRow, Comparison};
pub use explain::{
    ChoiceView, DecisionsView, ExplainRecord, ExplainRequest, ExplainedView, LeftOutView, PARTS,
    ReadDecision, ReadDecisions,
};
pub use form::{ArmForm, RouteForm, StepForm};

/// A route in the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteRow {
    pub id: RouteId,
    pub name: String,
    pub description: String,
    pub version: u32,
    /// Names and weights.
    pub arms: Vec<(String, u32)>,
    pub changed_by: String,
    pub changed_at: i64,
    /// Of 24 hours; None where it was not counted.
    pub calls: Option<(u64, u64)>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RoutesView {
    pub routes: Vec<RouteRow>,
    pub now: i64,
}

/// An arm as its route's page shows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ArmView {
    pub name: String,
    pub weight: u32,
    pub models: Vec<String>,
    /// Pools and deployments, in words; may be empty.
    pub place: String,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VersionView {
    pub version: u32,
    pub active: bool,
    /// What it changed of the version before.
    pub changes: Vec<String>,
    pub note: String,
    pub by: String,
    pub at: i64,
}

/// One route, whole.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteView {
    pub id: RouteId,
    pub name: String,
    pub description: String,
    pub version: u32,
    pub latest_version: u32,
    pub arms: Vec<ArmView>,
    pub facts: Vec<(String, String)>,
    /// The document as JSON.
    pub document: String,
    pub compared: Comparison,
    /// Newest first; empty for a tenant's.
    pub versions: Vec<VersionView>,
    pub hours: u32,
    pub now: i64,
}

/// Names that a form offers.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offered {
    pub models: Vec<String>,
    pub pools: Vec<String>,
    pub deployments: Vec<String>,
    pub regions: Vec<String>,
}

/// A route's form: of a new one where `route` is None.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RouteFormView {
    pub route: Option<RouteId>,
    pub name: String,
    pub description: String,
    pub version: u32,
    pub form: RouteForm,
    pub offered: Offered,
}

/// Pools with what serves in them, read again every few seconds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PoolsView {
    pub pools: Vec<(Pool, Vec<Deployment>)>,
    /// Tenants that pools are dedicated to.
    pub tenants: Vec<(TenantId, String)>,
    pub now: i64,
}

/// Most routes whose calls are counted for the list.
#[cfg(feature = "ssr")]
const COUNTED: usize = 40;

/// Where routes are: the operator's, or a tenant's.
#[cfg(feature = "ssr")]
fn of(tenant: &str) -> Answer<String> {
    if tenant.is_empty() {
        return Ok("/api/v1/routes".to_owned());
    }
    let id = tenant.parse::<TenantId>().map_err(|_| ApiProblem::not_found())?;
    Ok(format!("/api/v1/tenants/{id}/routes"))
}

#[cfg(feature = "ssr")]
fn one(tenant: &str, route: &str) -> Answer<String> {
    let id = route.parse::<RouteId>().map_err(|_| ApiProblem::not_found())?;
    Ok(format!("{}/{id}", of(tenant)?))
}

#[cfg(feature = "ssr")]
async fn list(tenant: &str) -> Answer<Vec<Route>> {
    let limit = if tenant.is_empty() { "?limit=200" } else { "" };
    Ok(call::get::<Page<Route>>(&format!("{}{limit}", of(tenant)?)).await?.data)
}

/// A tenant's routes are read together.
#[cfg(feature = "ssr")]
async fn get(tenant: &str, route: &str) -> Answer<Route> {
    let path = one(tenant, route)?;
    if tenant.is_empty() {
        return call::get(&path).await;
    }
    let found = list(tenant).await?.into_iter().find(|one| one.id.to_string() == route);
    found.ok_or_else(ApiProblem::not_found)
}

#[cfg(feature = "ssr")]
async fn row(tenant: &str, counted: bool, route: Route) -> Answer<RouteRow> {
    let calls = if counted {
        let arms =
            call::get::<RouteArms>(&format!("{}/arms?hours=24", one(tenant, &route.id.to_string())?)).await?;
        let sum = |of: fn(&shared_api::routes::ArmUse) -> u64| arms.arms.iter().map(of).sum();
        Some((sum(|arm| arm.requests), sum(|arm| arm.errors)))
    } else {
        None
    };
    Ok(RouteRow {
        arms: route.spec.arms.iter().map(|arm| (arm.name.clone(), arm.weight)).collect(),
        id: route.id,
        name: route.name,
        description: route.description,
        version: route.version,
        changed_by: route.changed_by,
        changed_at: route.changed_at.timestamp(),
        calls,
    })
}

#[server(prefix = "/_fn", endpoint = "routes")]
pub async fn read_routes(#[server(default)] tenant: String) -> Result<Answer<RoutesView>, ApiProblem> {
    let read = async {
        let routes = list(&tenant).await?;
        let rows = routes.into_iter().enumerate().map(|(at, route)| row(&tenant, at < COUNTED, route));
        let routes = stream::iter(rows).buffered(2).try_collect().await?;
        Ok(RoutesView { routes, now: call::now() })
    };
    call::reply(read.await)
}

#[cfg(feature = "ssr")]
fn versions(of: Vec<RouteVersion>) -> Vec<VersionView> {
    let mut of = of;
    of.sort_by_key(|one| one.version);
    let mut before: Option<RouteSpec> = None;
    let mut shown = Vec::with_capacity(of.len());
    for one in of {
        let changes = before.as_ref().map(|before| words::changes(before, &one.spec)).unwrap_or_default();
        shown.push(VersionView {
            version: one.version,
            active: one.active,
            changes,
            note: one.note,
            by: one.created_by,
            at: one.created_at.timestamp(),
        });
        before = Some(one.spec);
    }
    shown.reverse();
    shown
}

#[cfg(feature = "ssr")]
fn arm_view(arm: &shared::route::RouteArm) -> ArmView {
    ArmView {
        name: arm.name.clone(),
        weight: arm.weight,
        models: arm.models.clone(),
        place: words::arm_place(arm),
    }
}

/// `hours` from 1 to 2160; what is no number is a day.
#[server(prefix = "/_fn", endpoint = "routes/one")]
pub async fn read_route(
    #[server(default)] tenant: String,
    route: String,
    #[server(default)] hours: String,
) -> Result<Answer<RouteView>, ApiProblem> {
    let hours = hours.parse().unwrap_or(24).clamp(1, 2160);
    let read = async {
        let path = one(&tenant, &route)?;
        let arms = format!("{path}/arms?hours={hours}");
        let past = async {
            if !tenant.is_empty() {
                return Ok(Vec::new());
            }
            Ok(call::get::<Page<RouteVersion>>(&format!("{path}/versions?limit=50")).await?.data)
        };
        let (route, arms, past) =
            futures::try_join!(get(&tenant, &route), call::get::<RouteArms>(&arms), past)?;
        Ok(RouteView {
            arms: route.spec.arms.iter().map(arm_view).collect(),
            facts: words::facts(&route.spec),
            document: serde_json::to_string_pretty(&route.spec).unwrap_or_default(),
            compared: Comparison::from(&arms),
            versions: versions(past),
            id: route.id,
            name: route.name,
            description: route.description,
            version: route.version,
            latest_version: route.latest_version,
            hours,
            now: call::now(),
        })
    };
    call::reply(read.await)
}

/// What a form offers: a tenant is told of its models alone.
#[cfg(feature = "ssr")]
async fn offered(tenant: &str) -> Answer<Offered> {
    if let Ok(tenant) = tenant.parse::<TenantId>() {
        let models = tenancy::models_of(tenant).await?.into_iter().map(|model| model.name).collect();
        return Ok(Offered { models, ..Offered::default() });
    }
    let (models, deployments, pools) = futures::try_join!(
        catalog::models(),
        catalog::deployments(),
        call::get::<Page<Pool>>("/api/v1/pools?limit=200")
    )?;
    let places = deployments.iter().map(|one| &one.region).chain(pools.data.iter().map(|pool| &pool.region));
    let mut regions: Vec<String> = places.flatten().cloned().collect();
    regions.sort_unstable();
    regions.dedup();
    Ok(Offered {
        models: models.into_iter().filter(|one| one.retired_at.is_none()).map(|one| one.name).collect(),
        pools: pools.data.into_iter().map(|pool| pool.name).collect(),
        deployments: deployments.into_iter().map(|one| one.name).collect(),
        regions,
    })
}

/// `route` empty: the form of a new one.
#[server(prefix = "/_fn", endpoint = "routes/form")]
pub async fn read_route_form(
    #[server(default)] tenant: String,
    #[server(default)] route: String,
) -> Result<Answer<RouteFormView>, ApiProblem> {
    let read = async {
        let offered = offered(&tenant).await?;
        if route.is_empty() {
            let (name, description, form) = (String::new(), String::new(), RouteForm::begun());
            return Ok(RouteFormView { route: None, name, description, version: 0, form, offered });
        }
        let route = get(&tenant, &route).await?;
        Ok(RouteFormView {
            route: Some(route.id),
            form: RouteForm::of(&route.spec),
            name: route.name,
            description: route.description,
            version: route.version,
            offered,
        })
    };
    call::reply(read.await)
}

#[server(prefix = "/_fn", endpoint = "pools/load")]
pub async fn read_pools() -> Result<Answer<PoolsView>, ApiProblem> {
    let read = async {
        let (pools, deployments, tenants) = futures::try_join!(
            call::get::<Page<Pool>>("/api/v1/pools?limit=200"),
            catalog::deployments(),
            call::get::<Page<shared_api::tenancy::Tenant>>("/api/v1/tenants?limit=200"),
        )?;
        let with = |pool: Pool| {
            let inside = deployments.iter().filter(|one| one.pool_id == pool.id).cloned().collect();
            (pool, inside)
        };
        Ok(PoolsView {
            pools: pools.data.into_iter().map(with).collect(),
            tenants: tenants.data.into_iter().map(|tenant| (tenant.id, tenant.name)).collect(),
            now: call::now(),
        })
    };
    call::reply(read.await)
}
