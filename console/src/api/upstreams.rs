//! A tenant's own accounts at providers outside.

#![expect(clippy::too_many_arguments, reason = "a server function's arguments are the fields of its form")]

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{DeploymentId, TenantId};
use shared_api::{catalog::TenantModel, engines::Upstream};

use super::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
use {
    super::{call, catalog::count, flash, tenancy},
    serde_json::json,
    shared::Page,
    shared_api::tenancy::Tenant,
};

/// What the page of upstreams shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct UpstreamsView {
    /// Whether calls may leave the platform at all.
    pub allowed: bool,
    pub upstreams: Vec<Upstream>,
    pub models: Vec<TenantModel>,
    pub now: i64,
}

#[server(prefix = "/_fn", endpoint = "upstreams")]
pub async fn read_upstreams(tenant: TenantId) -> Result<Answer<UpstreamsView>, ApiProblem> {
    let own = format!("/api/v1/tenants/{tenant}");
    let list = format!("{own}/upstreams?limit=200");
    let read = async {
        let (of, upstreams, models) = futures::try_join!(
            call::get::<Tenant>(&own),
            call::get::<Page<Upstream>>(&list),
            tenancy::models_of(tenant)
        )?;
        Ok(UpstreamsView {
            allowed: of.external_engines,
            upstreams: upstreams.data,
            models,
            now: call::now(),
        })
    };
    call::reply(read.await)
}

#[server(prefix = "/_fn", endpoint = "upstreams/create")]
pub async fn create_upstream(
    tenant: TenantId,
    name: String,
    engine: String,
    base_url: String,
    #[server(default)] model: String,
    #[server(default)] upstream_model: String,
    credential: String,
    #[server(default)] context_length: String,
    #[server(default)] max_output_tokens: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let made = async {
        let mut body = json!({
            "name": name.trim(),
            "engine": engine,
            "base_url": base_url.trim(),
            "model": model,
            "credential": credential.trim(),
            "context_length": count("context_length", &context_length)?,
            "max_output_tokens": count("max_output_tokens", &max_output_tokens)?,
        });
        if !upstream_model.trim().is_empty() {
            body["upstream_model"] = json!(upstream_model.trim());
        }
        let made = call::post::<Upstream>(&format!("/api/v1/tenants/{tenant}/upstreams"), &body).await?;
        Ok(Flash::new(format!("{} serves {} for this workspace from now on", made.name, made.model)))
    };
    call::reply(made.await.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "upstreams/delete")]
pub async fn delete_upstream(
    tenant: TenantId,
    upstream: DeploymentId,
    #[server(default)] name: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let done = call::delete::<()>(&format!("/api/v1/tenants/{tenant}/upstreams/{upstream}")).await;
    call::reply(
        done.map(|()| Flash::new(format!("{name} was removed, its key with it"))).inspect(flash::leave),
    )
}
