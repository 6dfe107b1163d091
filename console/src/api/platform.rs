//! The operator's view of the whole platform: usage, tenants, operators, mail, the audit log.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{OperatorId, Page, TenantId};
use shared_api::{
    billing::{PlatformUsage, UsageReport},
    catalog::{Deployment, Model, TenantModel},
    identity::{Mail, Operator},
    tenancy::{ApiKey, AuditEntry, Invitation, Member, Tenant},
};

use super::{Answer, ApiProblem, flash::Flash, people::AuditView};

#[cfg(feature = "ssr")]
use {
    super::{
        billing::{Range, UsageFilter},
        call, flash,
    },
    serde_json::json,
    shared_api::tenancy::{CreatedTenant, Slug, TenantStatus},
};

/// What the overview shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlatformView {
    pub usage: PlatformUsage,
    pub deployments: Vec<Deployment>,
}

/// A page of tenants, with what they spent in the period.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantsView {
    pub tenants: Page<Tenant>,
    pub usage: PlatformUsage,
    pub now: i64,
}

/// Everything of one tenant.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TenantView {
    pub tenant: Tenant,
    pub granted: Vec<TenantModel>,
    /// Every model in service.
    pub models: Vec<Model>,
    /// By project, of the last 30 days.
    pub usage: UsageReport,
    pub members: Vec<Member>,
    pub invitations: Vec<Invitation>,
    pub keys: Vec<ApiKey>,
    /// The newest entries.
    pub audit: Vec<AuditEntry>,
    pub now: i64,
}

/// A tenant just made. The link is there this once.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Onboarded {
    pub tenant: Tenant,
    pub email: String,
    pub link: Option<String>,
}

/// A page of operators or of mail, with the time that its moments refer to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Listed<T> {
    pub page: Page<T>,
    pub now: i64,
}

#[cfg(feature = "ssr")]
mod read {
    use super::*;

    pub async fn usage(range: &str) -> Answer<PlatformUsage> {
        let filter = UsageFilter { range: Range::named(range), ..UsageFilter::default() };
        call::get(&format!("/api/v1/usage?{}", filter.to_api(call::moment()))).await
    }

    pub async fn of_tenant<T: serde::de::DeserializeOwned>(tenant: TenantId, rest: &str) -> Answer<Vec<T>> {
        Ok(call::get::<Page<T>>(&format!("/api/v1/tenants/{tenant}/{rest}")).await?.data)
    }

    pub async fn tenant_usage(tenant: TenantId) -> Answer<UsageReport> {
        let filter =
            UsageFilter { range: Range::Month, group: "project".to_owned(), ..UsageFilter::default() };
        call::get(&format!("/api/v1/tenants/{tenant}/usage?{}", filter.to_api(call::moment()))).await
    }

    pub async fn tenant(id: TenantId) -> Answer<TenantView> {
        let own = format!("/api/v1/tenants/{id}");
        let (tenant, granted, models, usage, members, invitations, keys, audit) = futures::try_join!(
            call::get::<Tenant>(&own),
            of_tenant::<TenantModel>(id, "models"),
            super::super::catalog::models(),
            tenant_usage(id),
            of_tenant::<Member>(id, "members?limit=200"),
            of_tenant::<Invitation>(id, "invitations?limit=200"),
            of_tenant::<ApiKey>(id, "keys?limit=200"),
            of_tenant::<AuditEntry>(id, "audit?limit=10"),
        )?;
        let models = models.into_iter().filter(|model| model.retired_at.is_none()).collect();
        Ok(TenantView { tenant, granted, models, usage, members, invitations, keys, audit, now: call::now() })
    }
}

#[server(prefix = "/_fn", endpoint = "platform")]
pub async fn read_platform(#[server(default)] range: String) -> Result<Answer<PlatformView>, ApiProblem> {
    let view = async {
        let (usage, deployments) = futures::try_join!(read::usage(&range), super::catalog::deployments())?;
        Ok(PlatformView { usage, deployments })
    };
    call::reply(view.await)
}

#[server(prefix = "/_fn", endpoint = "tenants")]
pub async fn read_tenants(
    #[server(default)] range: String,
    #[server(default)] after: String,
) -> Result<Answer<TenantsView>, ApiProblem> {
    let list = call::page_of("/api/v1/tenants", 50, &after);
    let view = async {
        let (tenants, usage) = futures::try_join!(call::get::<Page<Tenant>>(&list), read::usage(&range))?;
        Ok(TenantsView { tenants, usage, now: call::now() })
    };
    call::reply(view.await)
}

/// `tenant` as it stands in the address.
#[server(prefix = "/_fn", endpoint = "tenant")]
pub async fn read_tenant(tenant: String) -> Result<Answer<TenantView>, ApiProblem> {
    let view = async {
        let id = tenant.parse::<TenantId>().map_err(|_| ApiProblem::not_found())?;
        read::tenant(id).await
    };
    call::reply(view.await)
}

/// An empty `slug` is made from the name. Without a script the next page is the tenant's, which shows the link.
#[server(prefix = "/_fn", endpoint = "tenants/onboard")]
pub async fn onboard(
    name: String,
    #[server(default)] slug: String,
    #[server(default)] admin_email: String,
    #[server(default)] models: Vec<String>,
) -> Result<Answer<Onboarded>, ApiProblem> {
    let slug = slug.trim().to_lowercase();
    let slug = if slug.is_empty() {
        Slug::suggest(&name).map(|slug| slug.as_str().to_owned()).unwrap_or_default()
    } else {
        slug
    };
    let email = admin_email.trim();
    let mut body = json!({ "name": name.trim(), "slug": slug, "models": models });
    if !email.is_empty() {
        body["admin_email"] = json!(email);
    }
    let made = call::post::<CreatedTenant>("/api/v1/tenants", &body).await.map(|made| Onboarded {
        email: made.invitation.as_ref().map(|made| made.invitation.email.clone()).unwrap_or_default(),
        link: made.invitation.and_then(|made| made.link),
        tenant: made.tenant,
    });
    if let Ok(made) = &made
        && call::is_plain()
    {
        flash::leave(
            &Flash::new(format!("{} is ready: send this link to its first owner", made.tenant.name))
                .with_secret("Invitation link", made.link.clone()),
        );
        leptos_axum::redirect(&format!("/operator/tenants/{}", made.tenant.id));
    }
    call::reply(made)
}

#[server(prefix = "/_fn", endpoint = "tenants/suspend")]
pub async fn set_tenant_status(tenant: TenantId, status: String) -> Result<Answer<Flash>, ApiProblem> {
    let path = format!("/api/v1/tenants/{tenant}");
    let changed = call::patch::<Tenant>(&path, &json!({ "status": status })).await;
    let said = changed.map(|tenant| {
        let words = if tenant.status == TenantStatus::Suspended { "is suspended" } else { "is active" };
        Flash::new(format!("{} {words}", tenant.name))
    });
    call::reply(said.inspect(flash::leave))
}

/// Whether a tenant's calls may leave for engines outside the platform.
#[server(prefix = "/_fn", endpoint = "tenants/external")]
pub async fn set_external_engines(tenant: TenantId, allowed: bool) -> Result<Answer<Flash>, ApiProblem> {
    let path = format!("/api/v1/tenants/{tenant}");
    let changed = call::patch::<Tenant>(&path, &json!({ "external_engines": allowed })).await;
    let said = changed.map(|tenant| {
        let words = if tenant.external_engines { "may leave the platform" } else { "stay on the platform" };
        Flash::new(format!("Calls of {} {words}", tenant.name))
    });
    call::reply(said.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "tenants/grant")]
pub async fn grant_models(
    tenant: TenantId,
    #[server(default)] models: Vec<String>,
) -> Result<Answer<Flash>, ApiProblem> {
    let path = format!("/api/v1/tenants/{tenant}/models");
    let done = call::put::<()>(&path, &json!({ "models": models })).await;
    let said = done.map(|()| match models.len() {
        0 => Flash::new("No model may be called any more"),
        1 => Flash::new("One model may be called from now on"),
        count => Flash::new(format!("{count} models may be called from now on")),
    });
    call::reply(said.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "operators")]
pub async fn read_operators(
    #[server(default)] after: String,
) -> Result<Answer<Listed<Operator>>, ApiProblem> {
    let list = call::page_of("/api/v1/operators", 50, &after);
    let page = call::get::<Page<Operator>>(&list).await;
    call::reply(page.map(|page| Listed { page, now: call::now() }))
}

#[server(prefix = "/_fn", endpoint = "operators/add")]
pub async fn add_operator(
    email: String,
    name: String,
    password: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let body = json!({ "email": email.trim(), "name": name, "password": password });
    let made = call::post::<Operator>("/api/v1/operators", &body).await;
    call::reply(
        made.map(|made| Flash::new(format!("{} is an operator now", made.name))).inspect(flash::leave),
    )
}

#[server(prefix = "/_fn", endpoint = "operators/disable")]
pub async fn set_operator_disabled(
    operator: OperatorId,
    disabled: bool,
) -> Result<Answer<Flash>, ApiProblem> {
    let path = format!("/api/v1/operators/{operator}");
    let changed = call::patch::<Operator>(&path, &json!({ "disabled": disabled })).await;
    let words = if disabled { "was signed out everywhere and cannot sign in" } else { "can sign in again" };
    call::reply(changed.map(|one| Flash::new(format!("{} {words}", one.name))).inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "mail")]
pub async fn read_mail(#[server(default)] after: String) -> Result<Answer<Listed<Mail>>, ApiProblem> {
    let page = call::get::<Page<Mail>>(&call::page_of("/api/v1/mail", 50, &after)).await;
    call::reply(page.map(|page| Listed { page, now: call::now() }))
}

#[server(prefix = "/_fn", endpoint = "operator-audit")]
pub async fn read_operator_audit(#[server(default)] after: String) -> Result<Answer<AuditView>, ApiProblem> {
    let entries = call::get::<Page<AuditEntry>>(&call::page_of("/api/v1/audit", 50, &after)).await;
    call::reply(entries.map(|entries| AuditView { entries, now: call::now() }))
}
