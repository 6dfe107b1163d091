//! What a tenant can call beside models, and where its calls run.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{RouteId, TenantId};
use shared_api::routes::Resolution;

use crate::api::{Answer, ApiProblem};

#[cfg(feature = "ssr")]
use {super::list, crate::api::call, shared::Page, shared_api::routes::OfferedRoute};

/// A route that a tenant can call: its own, or one of the provider's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallableRoute {
    pub name: String,
    pub description: String,
    pub models: Vec<String>,
    /// None for the provider's.
    pub own: Option<RouteId>,
}

/// Where calls to a name go, in terms a tenant may see.
#[server(prefix = "/_fn", endpoint = "models/resolution")]
pub async fn read_resolution(tenant: TenantId, name: String) -> Result<Answer<Resolution>, ApiProblem> {
    let path = format!("/api/v1/tenants/{tenant}/models/{}/resolution", call::segment(&name));
    call::reply(call::get(&path).await)
}

/// What a tenant can call beside models: its own routes first.
#[server(prefix = "/_fn", endpoint = "routes/callable")]
pub async fn read_callable_routes(tenant: TenantId) -> Result<Answer<Vec<CallableRoute>>, ApiProblem> {
    let read = async {
        let path = format!("/api/v1/tenants/{tenant}/offered-routes");
        let offered = call::get::<Page<OfferedRoute>>(&path).await?.data;
        // Not everybody may read them.
        let own = list(&tenant.to_string()).await.unwrap_or_default();
        let own = own.into_iter().map(|route| CallableRoute {
            models: route.spec.arms.into_iter().flat_map(|arm| arm.models).collect(),
            name: route.name,
            description: route.description,
            own: Some(route.id),
        });
        let offered = offered.into_iter().map(|route| CallableRoute {
            name: route.name,
            description: route.description,
            models: route.models,
            own: None,
        });
        Ok(own.chain(offered).collect())
    };
    call::reply(read.await)
}
