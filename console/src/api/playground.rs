//! What the playground is made from, and what is shared of it. Its answers come straight from the API.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{PlaygroundShareId, TenantId};
use shared_api::{
    catalog::TenantModel,
    playground::{PlaygroundShare, PlaygroundShareHead},
    tenancy::Project,
};

use super::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
use {
    super::{call, flash, tenancy},
    serde_json::{Value, json},
    shared::Page,
    shared_api::tenancy::Tenant,
};

/// What the playground shows at first.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaygroundView {
    pub models: Vec<TenantModel>,
    /// Those that calls can be booked to.
    pub projects: Vec<Project>,
    /// The base URL of calls with a key.
    pub endpoint: String,
    pub share: Option<PlaygroundShare>,
    /// What was shared lately, newest first.
    pub shared: Vec<PlaygroundShareHead>,
    pub now: i64,
}

/// A link that was made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Shared {
    pub link: String,
}

/// `share` as it stands in the address; empty for none.
#[server(prefix = "/_fn", endpoint = "playground")]
pub async fn read_playground(
    tenant: TenantId,
    #[server(default)] share: String,
) -> Result<Answer<PlaygroundView>, ApiProblem> {
    let own = format!("/api/v1/tenants/{tenant}");
    let list = format!("{own}/playground/shares?limit=20");
    let kept = async {
        if share.is_empty() {
            return Ok(None);
        }
        let path = format!("{own}/playground/shares/{}", call::segment(&share));
        call::get::<PlaygroundShare>(&path).await.map(Some)
    };
    let read = async {
        let (of, models, projects, share, shared) = futures::try_join!(
            call::get::<Tenant>(&own),
            tenancy::models_of(tenant),
            tenancy::projects_of(tenant),
            kept,
            call::get::<Page<PlaygroundShareHead>>(&list)
        )?;
        let projects = projects.into_iter().filter(|project| project.archived_at.is_none()).collect();
        Ok(PlaygroundView {
            models,
            projects,
            endpoint: of.endpoint,
            share,
            shared: shared.data,
            now: call::now(),
        })
    };
    call::reply(read.await)
}

/// Keeps a setup under a link. Without a script the link is opened at once.
#[server(prefix = "/_fn", endpoint = "playground/share")]
pub async fn share_playground(
    tenant: TenantId,
    title: String,
    setup: String,
) -> Result<Answer<Shared>, ApiProblem> {
    let made = async {
        let setup: Value = serde_json::from_str(&setup)
            .map_err(|_| ApiProblem::field("setup", "could not be read; reload the page and try again"))?;
        let body = json!({ "title": title.trim(), "setup": setup });
        let own = format!("/api/v1/tenants/{tenant}");
        let slug = call::get::<Tenant>(&own).await?.slug;
        let made = call::post::<PlaygroundShare>(&format!("{own}/playground/shares"), &body).await?;
        let page = format!("/t/{slug}/playground");
        let place = ui::query_href(&page, [("share", made.id.to_string().as_str())]);
        if call::is_plain() {
            leptos_axum::redirect(&place);
        }
        Ok(Shared { link: format!("{}{place}", call::origin()) })
    };
    call::reply(made.await)
}

#[server(prefix = "/_fn", endpoint = "playground/unshare")]
pub async fn unshare_playground(
    tenant: TenantId,
    share: PlaygroundShareId,
) -> Result<Answer<Flash>, ApiProblem> {
    let done = call::delete::<()>(&format!("/api/v1/tenants/{tenant}/playground/shares/{share}")).await;
    call::reply(done.map(|()| Flash::new("The link opens nothing any more")).inspect(flash::leave))
}
