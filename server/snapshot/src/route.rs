//! Routes, with the names in them resolved.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use shared::{
    DeploymentId, ModelId, PoolId, TenantId,
    route::{Degrade, RouteArm},
};

use crate::{Deployment, ModelEntry, ModelKind, Pool, PoolKind, Route};

/// A route whose names are resolved. A name that means nothing any more is left out: a list that allows then allows
/// less, one that denies denies nothing of that name.
///
/// That a route names a model is no grant of it: whoever uses the entry asks the tenant's grants of each model.
#[derive(Debug)]
pub struct RouteEntry {
    pub route: Route,
    /// In the order of the document's arms; one without models can serve nothing.
    pub arms: Vec<ArmEntry>,
    pub fallbacks: Vec<Arc<ModelEntry>>,
    /// The models of `when_exhausted`, in its order.
    pub smaller: Vec<Arc<ModelEntry>>,
    pub shadow: Option<Arc<ModelEntry>>,
    /// `constraints.pools`. None: all.
    pub pools: Option<HashSet<PoolId>>,
    pub deny_pools: HashSet<PoolId>,
    pub deny_deployments: HashSet<DeploymentId>,
}

/// An arm whose names are resolved.
#[derive(Debug)]
pub struct ArmEntry {
    /// In the order in which they are tried.
    pub models: Vec<Arc<ModelEntry>>,
    /// Only in these. None: in all.
    pub pools: Option<HashSet<PoolId>>,
    /// Only on these. None: on all.
    pub deployments: Option<HashSet<DeploymentId>>,
}

impl RouteEntry {
    /// The surface that it answers on: that of its models, which are all of one kind. None where none is left.
    pub fn kind(&self) -> Option<ModelKind> {
        self.models().next().map(|entry| entry.model.kind)
    }

    /// Every model that a call may end at, arms first; one may come twice.
    pub fn models(&self) -> impl Iterator<Item = &Arc<ModelEntry>> {
        self.arms.iter().flat_map(|arm| &arm.models).chain(&self.fallbacks).chain(&self.smaller)
    }

    /// A model of `when_exhausted` by the name it has there.
    pub fn smaller(&self, name: &str) -> Option<&Arc<ModelEntry>> {
        self.smaller.iter().find(|entry| entry.model.name == name)
    }
}

/// Names of the operator's pools and deployments. What belongs to a tenant is not among them: its names are its own,
/// and could be chosen to mean another's.
pub(crate) struct Names<'a> {
    pools: HashMap<&'a str, PoolId>,
    deployments: HashMap<&'a str, DeploymentId>,
}

impl<'a> Names<'a> {
    pub fn new(
        pools: &'a HashMap<PoolId, Arc<Pool>>,
        deployments: &'a HashMap<DeploymentId, Arc<Deployment>>,
    ) -> Self {
        // The pool of a tenant's own upstreams carries the tenant's id.
        let of_upstreams =
            |pool: &Pool| matches!(pool.kind, PoolKind::Dedicated(owner) if owner.uuid() == pool.id.uuid());
        Self {
            pools: pools
                .values()
                .filter(|pool| !of_upstreams(pool))
                .map(|pool| (pool.name.as_str(), pool.id))
                .collect(),
            deployments: deployments
                .values()
                .filter(|deployment| deployment.owner_tenant.is_none())
                .map(|deployment| (deployment.name.as_str(), deployment.id))
                .collect(),
        }
    }

    fn pools(&self, names: &[String]) -> HashSet<PoolId> {
        names.iter().filter_map(|name| self.pools.get(name.as_str()).copied()).collect()
    }

    fn deployments(&self, names: &[String]) -> HashSet<DeploymentId> {
        names.iter().filter_map(|name| self.deployments.get(name.as_str()).copied()).collect()
    }
}

pub(crate) fn entry(
    route: Route,
    names: &Names<'_>,
    known: impl Fn(&str) -> Option<Arc<ModelEntry>>,
) -> RouteEntry {
    let models = |list: &[String]| -> Vec<_> { list.iter().filter_map(|name| known(name)).collect() };
    let arm = |arm: &RouteArm| ArmEntry {
        models: models(&arm.models),
        pools: arm.pools.as_deref().map(|list| names.pools(list)),
        deployments: arm.deployments.as_deref().map(|list| names.deployments(list)),
    };
    let smaller = |step: &Degrade| match step {
        Degrade::Model { model } => known(model),
        Degrade::Wait { .. } | Degrade::Batch | Degrade::Fail => None,
    };
    let spec = &route.spec;
    RouteEntry {
        arms: spec.arms.iter().map(arm).collect(),
        fallbacks: models(&spec.fallbacks),
        smaller: spec.when_exhausted.iter().filter_map(smaller).collect(),
        shadow: spec.shadow.as_ref().and_then(|shadow| known(&shadow.model)),
        pools: spec.constraints.pools.as_deref().map(|list| names.pools(list)),
        deny_pools: names.pools(&spec.constraints.deny_pools),
        deny_deployments: names.deployments(&spec.constraints.deny_deployments),
        route,
    }
}

type ByName = HashMap<String, Arc<RouteEntry>>;

/// Routes by tenant and name, and the operator's by name. A route that carries a model's name is left out: the model
/// came later, and callers mean it.
pub(crate) fn by_name<'a>(
    routes: impl Iterator<Item = &'a Arc<RouteEntry>>,
    models: &HashMap<String, ModelId>,
) -> (HashMap<TenantId, ByName>, ByName) {
    let (mut of_tenants, mut of_operator) = (HashMap::<TenantId, ByName>::new(), ByName::new());
    for entry in routes.filter(|entry| !models.contains_key(&entry.route.name)) {
        let names = match entry.route.tenant_id {
            Some(tenant) => of_tenants.entry(tenant).or_default(),
            None => &mut of_operator,
        };
        names.insert(entry.route.name.clone(), entry.clone());
    }
    (of_tenants, of_operator)
}
