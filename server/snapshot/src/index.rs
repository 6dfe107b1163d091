//! The rows, indexed for the path of a call.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use chrono::{DateTime, Utc};
use shared::{ApiKeyId, DeploymentId, ModelId, PoolId, ProjectId, RouteId, TenantId};

use crate::route::{self, RouteEntry};
use crate::rows::{ApiKey, Deployment, KeyHash, Model, Pool, PoolKind, Price, Project, Rows, Tenant};

/// A tenant and what it may use.
#[derive(Debug)]
pub struct TenantEntry {
    pub tenant: Tenant,
    pub models: HashSet<ModelId>,
}

/// What a secret opens: its key, the key's project and tenant.
#[derive(Debug, Clone)]
pub struct KeyEntry {
    pub key: Arc<ApiKey>,
    pub project: Arc<Project>,
    pub tenant: Arc<TenantEntry>,
    /// When this secret ends: the earlier of the key's expiry and the end of its rotation's grace.
    pub expires_at: Option<DateTime<Utc>>,
}

/// A model, where it is served, and its prices.
#[derive(Debug)]
pub struct ModelEntry {
    pub model: Model,
    pub deployments: Vec<Arc<Deployment>>,
    /// Ascending by `valid_from`.
    prices: Vec<Arc<Price>>,
}

impl ModelEntry {
    /// The price in force at a moment.
    pub fn price_at(&self, at: DateTime<Utc>) -> Option<&Arc<Price>> {
        let after = self.prices.partition_point(|price| price.valid_from <= at);
        self.prices[..after].last()
    }
}

/// The whole configuration at one generation.
#[derive(Debug, Default)]
pub struct Snapshot {
    generation: i64,
    tenants: HashMap<TenantId, Arc<TenantEntry>>,
    slugs: HashMap<String, TenantId>,
    secrets: HashMap<KeyHash, KeyEntry>,
    keys: HashMap<ApiKeyId, KeyEntry>,
    models: HashMap<ModelId, Arc<ModelEntry>>,
    model_names: HashMap<String, ModelId>,
    pools: HashMap<PoolId, Arc<Pool>>,
    deployments: HashMap<DeploymentId, Arc<Deployment>>,
    routes: HashMap<RouteId, Arc<RouteEntry>>,
    tenant_routes: HashMap<TenantId, HashMap<String, Arc<RouteEntry>>>,
    operator_routes: HashMap<String, Arc<RouteEntry>>,
    operator_data_key: Option<Vec<u8>>,
}

impl Snapshot {
    pub fn build(rows: Rows) -> Self {
        let pools: HashMap<_, _> = rows.pools.into_iter().map(|pool| (pool.id, Arc::new(pool))).collect();
        let deployments: HashMap<_, _> = rows
            .deployments
            .into_iter()
            .filter(|deployment| pools.contains_key(&deployment.pool_id))
            .map(|deployment| (deployment.id, Arc::new(deployment)))
            .collect();
        let models = models(rows.models, rows.prices, &deployments);
        let tenants = tenants(rows.tenants, &rows.grants);
        let keys = keys(rows.keys, rows.projects, &tenants);
        let model_names: HashMap<_, _> =
            models.values().map(|entry| (entry.model.name.clone(), entry.model.id)).collect();
        let names = route::Names::new(&pools, &deployments);
        let known = |name: &str| model_names.get(name).and_then(|id| models.get(id)).cloned();
        let routes: HashMap<_, _> = rows
            .routes
            .into_iter()
            .map(|route| (route.id, Arc::new(route::entry(route, &names, known))))
            .collect();
        let (tenant_routes, operator_routes) = route::by_name(routes.values(), &model_names);
        Self {
            generation: rows.generation,
            slugs: tenants.values().map(|entry| (entry.tenant.slug.clone(), entry.tenant.id)).collect(),
            secrets: secrets(&rows.secrets, &keys),
            keys: keys.into_iter().map(|((_, id), entry)| (id, entry)).collect(),
            model_names,
            tenants,
            models,
            pools,
            deployments,
            routes,
            tenant_routes,
            operator_routes,
            operator_data_key: rows.operator_data_key,
        }
    }

    pub fn generation(&self) -> i64 {
        self.generation
    }

    pub fn tenant(&self, id: TenantId) -> Option<&Arc<TenantEntry>> {
        self.tenants.get(&id)
    }

    pub fn tenant_by_slug(&self, slug: &str) -> Option<&Arc<TenantEntry>> {
        self.slugs.get(slug).and_then(|id| self.tenants.get(id))
    }

    pub fn secret(&self, hash: &KeyHash) -> Option<&KeyEntry> {
        self.secrets.get(hash)
    }

    /// A key by its id, whichever secret opens it; ends with the key itself. For calls made inside the process.
    pub fn key(&self, id: ApiKeyId) -> Option<&KeyEntry> {
        self.keys.get(&id)
    }

    /// A key of a tenant's that is not disabled: the first by its id. Looks through all keys: not for the path of a
    /// call.
    pub fn key_of(&self, tenant: TenantId) -> Option<&KeyEntry> {
        let keys = self.keys.values().filter(|entry| entry.key.tenant_id == tenant && !entry.key.disabled);
        keys.min_by_key(|entry| entry.key.id)
    }

    pub fn model_by_name(&self, name: &str) -> Option<&Arc<ModelEntry>> {
        self.model_names.get(name).and_then(|id| self.models.get(id))
    }

    pub fn model(&self, id: ModelId) -> Option<&Arc<ModelEntry>> {
        self.models.get(&id)
    }

    pub fn models(&self) -> impl Iterator<Item = &Arc<ModelEntry>> {
        self.models.values()
    }

    /// The models a tenant may use, in the order of their names.
    pub fn models_of(&self, tenant: &TenantEntry) -> Vec<&Arc<ModelEntry>> {
        let mut found: Vec<_> = tenant.models.iter().filter_map(|id| self.models.get(id)).collect();
        found.sort_by(|a, b| a.model.name.cmp(&b.model.name));
        found
    }

    pub fn pool(&self, id: PoolId) -> Option<&Arc<Pool>> {
        self.pools.get(&id)
    }

    /// Whether a tenant's calls may go to a pool: a dedicated one serves no other.
    pub fn pool_serves(&self, id: PoolId, tenant: TenantId) -> bool {
        self.pools.get(&id).is_some_and(|pool| match pool.kind {
            PoolKind::Shared => true,
            PoolKind::Dedicated(owner) => owner == tenant,
        })
    }

    pub fn deployments(&self) -> impl Iterator<Item = &Arc<Deployment>> {
        self.deployments.values()
    }

    /// What a name means to a tenant beside a model: its own route first, then the operator's.
    pub fn route(&self, tenant: TenantId, name: &str) -> Option<&Arc<RouteEntry>> {
        let own = self.tenant_routes.get(&tenant).and_then(|routes| routes.get(name));
        own.or_else(|| self.operator_routes.get(name))
    }

    /// The routes a tenant may name, in the order of their names. An operator's is hidden by the tenant's own.
    pub fn routes_of(&self, tenant: TenantId) -> Vec<&Arc<RouteEntry>> {
        let own = self.tenant_routes.get(&tenant);
        let hidden = |name: &String| own.is_some_and(|own| own.contains_key(name));
        let shared = self.operator_routes.iter().filter(|(name, _)| !hidden(name)).map(|(_, route)| route);
        let mut found: Vec<_> = own.into_iter().flat_map(HashMap::values).chain(shared).collect();
        found.sort_by(|a, b| a.route.name.cmp(&b.route.name));
        found
    }

    pub fn route_by_id(&self, id: RouteId) -> Option<&Arc<RouteEntry>> {
        self.routes.get(&id)
    }

    pub fn deployment(&self, id: DeploymentId) -> Option<&Arc<Deployment>> {
        self.deployments.get(&id)
    }

    pub fn operator_data_key(&self) -> Option<&[u8]> {
        self.operator_data_key.as_deref()
    }
}

fn models(
    rows: Vec<Model>,
    prices: Vec<Price>,
    deployments: &HashMap<DeploymentId, Arc<Deployment>>,
) -> HashMap<ModelId, Arc<ModelEntry>> {
    let mut entries: HashMap<_, _> = rows
        .into_iter()
        .map(|model| (model.id, ModelEntry { model, deployments: Vec::new(), prices: Vec::new() }))
        .collect();
    for deployment in deployments.values() {
        if let Some(entry) = entries.get_mut(&deployment.model_id) {
            entry.deployments.push(deployment.clone());
        }
    }
    for price in prices {
        if let Some(entry) = entries.get_mut(&price.model_id) {
            entry.prices.push(Arc::new(price));
        }
    }
    for entry in entries.values_mut() {
        entry.deployments.sort_by_key(|deployment| deployment.id);
        entry.prices.sort_by_key(|price| price.valid_from);
    }
    entries.into_iter().map(|(id, entry)| (id, Arc::new(entry))).collect()
}

fn tenants(rows: Vec<Tenant>, grants: &[crate::ModelGrant]) -> HashMap<TenantId, Arc<TenantEntry>> {
    let mut entries: HashMap<_, _> =
        rows.into_iter().map(|tenant| (tenant.id, TenantEntry { tenant, models: HashSet::new() })).collect();
    for grant in grants {
        if let Some(entry) = entries.get_mut(&grant.tenant_id) {
            entry.models.insert(grant.model_id);
        }
    }
    entries.into_iter().map(|(id, entry)| (id, Arc::new(entry))).collect()
}

fn keys(
    keys: Vec<ApiKey>,
    projects: Vec<Project>,
    tenants: &HashMap<TenantId, Arc<TenantEntry>>,
) -> HashMap<(TenantId, ApiKeyId), KeyEntry> {
    let projects: HashMap<(TenantId, ProjectId), _> =
        projects.into_iter().map(|project| ((project.tenant_id, project.id), Arc::new(project))).collect();
    let entry = |key: ApiKey| {
        let project = projects.get(&(key.tenant_id, key.project_id))?.clone();
        let tenant = tenants.get(&key.tenant_id)?.clone();
        let (id, expires_at) = ((key.tenant_id, key.id), key.expires_at);
        Some((id, KeyEntry { key: Arc::new(key), project, tenant, expires_at }))
    };
    keys.into_iter().filter_map(entry).collect()
}

fn secrets(
    secrets: &[crate::KeySecret],
    keys: &HashMap<(TenantId, ApiKeyId), KeyEntry>,
) -> HashMap<KeyHash, KeyEntry> {
    let entry = |secret: &crate::KeySecret| {
        let entry = keys.get(&(secret.tenant_id, secret.key_id))?.clone();
        // The grace of a rotation never outlives the key.
        let expires_at = [entry.expires_at, secret.expires_at].into_iter().flatten().min();
        Some((secret.hash, KeyEntry { expires_at, ..entry }))
    };
    secrets.iter().filter_map(entry).collect()
}
