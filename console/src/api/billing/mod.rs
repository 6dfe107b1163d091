//! Usage as a tenant sees it: reports, single calls, the export.

#[cfg(feature = "ssr")]
pub(crate) mod export;
mod filter;

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{Page, TenantId};
use shared_api::{
    billing::{UsageCall, UsageReport},
    catalog::TenantModel,
    tenancy::{ApiKey, Project},
};

pub use filter::{Bucket, Range, UsageFilter};

use super::{Answer, ApiProblem};

#[cfg(feature = "ssr")]
use super::call;

/// A report with what its filters can be set to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UsageView {
    pub report: UsageReport,
    pub projects: Vec<Project>,
    pub keys: Vec<ApiKey>,
    pub models: Vec<TenantModel>,
}

/// What the overview shows: the same time by model, by project and by key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverviewView {
    pub by_model: UsageReport,
    pub by_project: UsageReport,
    pub by_key: UsageReport,
    pub has_keys: bool,
}

/// A page of single calls, with the names of what they name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CallsView {
    pub calls: Page<UsageCall>,
    pub projects: Vec<Project>,
    pub keys: Vec<ApiKey>,
    pub now: i64,
}

#[cfg(feature = "ssr")]
mod read {
    use super::*;

    pub async fn projects(tenant: TenantId) -> Answer<Vec<Project>> {
        Ok(call::get::<Page<Project>>(&format!("/api/v1/tenants/{tenant}/projects?limit=200")).await?.data)
    }

    pub async fn keys(tenant: TenantId) -> Answer<Vec<ApiKey>> {
        Ok(call::get::<Page<ApiKey>>(&format!("/api/v1/tenants/{tenant}/keys?limit=200")).await?.data)
    }

    pub async fn models(tenant: TenantId) -> Answer<Vec<TenantModel>> {
        Ok(call::get::<Page<TenantModel>>(&format!("/api/v1/tenants/{tenant}/models")).await?.data)
    }

    pub async fn report(tenant: TenantId, filter: &UsageFilter) -> Answer<UsageReport> {
        let query = filter.to_api(call::moment());
        call::get(&format!("/api/v1/tenants/{tenant}/usage?{query}")).await
    }
}

#[server(prefix = "/_fn", endpoint = "usage")]
pub async fn read_usage(
    tenant: TenantId,
    #[server(default)] query: String,
) -> Result<Answer<UsageView>, ApiProblem> {
    let filter = UsageFilter::parse(&query);
    let view = async {
        let (report, projects, keys, models) = futures::try_join!(
            read::report(tenant, &filter),
            read::projects(tenant),
            read::keys(tenant),
            read::models(tenant)
        )?;
        Ok(UsageView { report, projects, keys, models })
    };
    call::reply(view.await)
}

#[server(prefix = "/_fn", endpoint = "overview")]
pub async fn read_overview(
    tenant: TenantId,
    #[server(default)] range: String,
) -> Result<Answer<OverviewView>, ApiProblem> {
    let by = |group: &str| UsageFilter {
        range: Range::named(&range),
        group: group.to_owned(),
        ..UsageFilter::default()
    };
    let (model, project, key) = (by("model"), by("project"), by("key"));
    let view = async {
        let (by_model, by_project, by_key, keys) = futures::try_join!(
            read::report(tenant, &model),
            read::report(tenant, &project),
            read::report(tenant, &key),
            read::keys(tenant)
        )?;
        Ok(OverviewView { by_model, by_project, by_key, has_keys: !keys.is_empty() })
    };
    call::reply(view.await)
}

#[server(prefix = "/_fn", endpoint = "calls")]
pub async fn read_calls(
    tenant: TenantId,
    #[server(default)] after: String,
) -> Result<Answer<CallsView>, ApiProblem> {
    let list = call::page_of(&format!("/api/v1/tenants/{tenant}/usage/calls"), 50, &after);
    let view = async {
        let (calls, projects, keys) =
            futures::try_join!(call::get(&list), read::projects(tenant), read::keys(tenant))?;
        Ok(CallsView { calls, projects, keys, now: call::now() })
    };
    call::reply(view.await)
}
