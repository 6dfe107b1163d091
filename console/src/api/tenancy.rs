//! A tenant's keys, projects and models, and what its quick start shows.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::{ApiKeyId, Page, ProjectId, TenantId};
use shared_api::{
    catalog::TenantModel,
    engines::DataClass,
    tenancy::{ApiKey, Project, Tenant},
};

use super::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
use {
    super::{call, flash},
    serde_json::{Value, json},
    shared_api::tenancy::CreatedApiKey,
};

/// What the page of keys shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeysView {
    pub keys: Page<ApiKey>,
    pub projects: Vec<Project>,
    pub models: Vec<TenantModel>,
    pub now: i64,
}

/// What the page of projects shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ProjectsView {
    pub projects: Vec<Project>,
    /// How sensitive their data can be said to be.
    pub classes: Vec<DataClass>,
    pub now: i64,
}

/// What the quick start is filled in with.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct QuickStartView {
    pub tenant: Tenant,
    pub models: Vec<TenantModel>,
    pub has_keys: bool,
}

/// The moment so many `days` after `now`; None for never. What is no number goes to the API as it is, which says so.
#[cfg(feature = "ssr")]
pub(crate) fn expiry(days: &str, now: chrono::DateTime<chrono::Utc>) -> Option<String> {
    use chrono::{DateTime, Days, SecondsFormat, Utc};
    let text = |moment: DateTime<Utc>| moment.to_rfc3339_opts(SecondsFormat::Secs, true);
    let moment = days.parse().ok().and_then(|days| now.checked_add_days(Days::new(days)));
    (!days.is_empty()).then(|| moment.map_or_else(|| days.to_owned(), text))
}

#[cfg(feature = "ssr")]
fn under(tenant: TenantId, rest: &str) -> String {
    format!("/api/v1/tenants/{tenant}/{rest}")
}

#[cfg(feature = "ssr")]
pub(crate) async fn projects_of(tenant: TenantId) -> Answer<Vec<Project>> {
    Ok(call::get::<Page<Project>>(&under(tenant, "projects?limit=200")).await?.data)
}

#[cfg(feature = "ssr")]
pub(crate) async fn models_of(tenant: TenantId) -> Answer<Vec<TenantModel>> {
    Ok(call::get::<Page<TenantModel>>(&under(tenant, "models")).await?.data)
}

#[server(prefix = "/_fn", endpoint = "keys")]
pub async fn read_keys(
    tenant: TenantId,
    #[server(default)] status: String,
    #[server(default)] after: String,
) -> Result<Answer<KeysView>, ApiProblem> {
    let list = ui::query_href(&under(tenant, "keys"), [("status", status.as_str())]);
    let list = call::page_of(&list, 50, &after);
    let read = async {
        let (keys, projects, models) =
            futures::try_join!(call::get::<Page<ApiKey>>(&list), projects_of(tenant), models_of(tenant))?;
        Ok(KeysView { keys, projects, models, now: call::now() })
    };
    call::reply(read.await)
}

/// No `models`: every model that the tenant may use. `days`: until it expires, empty for never.
#[server(prefix = "/_fn", endpoint = "keys/create")]
pub async fn create_key(
    tenant: TenantId,
    name: String,
    #[server(default)] project_id: String,
    #[server(default)] days: String,
    #[server(default)] models: Vec<String>,
) -> Result<Answer<Flash>, ApiProblem> {
    let mut body = json!({ "name": name, "project_id": project_id });
    if let Some(end) = expiry(&days, call::moment()) {
        body["expires_at"] = json!(end);
    }
    if !models.is_empty() {
        body["allowed_models"] = json!(models);
    }
    let made = call::post::<CreatedApiKey>(&under(tenant, "keys"), &body).await;
    let said = made.map(|made| {
        Flash::new(format!("Key {} was made", made.key.name)).with_secret("API key", made.secret)
    });
    call::reply(said.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "keys/revoke")]
pub async fn revoke_key(
    tenant: TenantId,
    key: ApiKeyId,
    #[server(default)] name: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let done = call::delete::<()>(&under(tenant, &format!("keys/{key}"))).await;
    let said = done.map(|()| Flash::new(format!("Key {name} was revoked: calls with it fail from now on")));
    call::reply(said.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "keys/disable")]
pub async fn set_key_disabled(
    tenant: TenantId,
    key: ApiKeyId,
    disabled: bool,
    #[server(default)] name: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let path = under(tenant, &format!("keys/{key}"));
    let done = call::patch::<ApiKey>(&path, &json!({ "disabled": disabled })).await;
    let word = if disabled { "disabled" } else { "enabled" };
    call::reply(done.map(|_| Flash::new(format!("Key {name} was {word}"))).inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "projects")]
pub async fn read_projects(tenant: TenantId) -> Result<Answer<ProjectsView>, ApiProblem> {
    let list = under(tenant, "data-classes");
    let read = async {
        let (projects, classes) =
            futures::try_join!(projects_of(tenant), call::get::<Page<DataClass>>(&list))?;
        Ok(ProjectsView { projects, classes: classes.data, now: call::now() })
    };
    call::reply(read.await)
}

#[server(prefix = "/_fn", endpoint = "projects/create")]
pub async fn create_project(
    tenant: TenantId,
    name: String,
    #[server(default)] cost_centre: String,
    #[server(default)] data_class: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let mut body = json!({ "name": name });
    if !cost_centre.trim().is_empty() {
        body["cost_centre"] = json!(cost_centre);
    }
    if !data_class.is_empty() {
        body["data_class"] = json!(data_class);
    }
    let made = call::post::<Project>(&under(tenant, "projects"), &body).await;
    call::reply(made.map(|made| Flash::new(format!("Project {} was made", made.name))).inspect(flash::leave))
}

/// `governs`: the form had the fields that are the administrators' to change.
#[server(prefix = "/_fn", endpoint = "projects/change")]
pub async fn change_project(
    tenant: TenantId,
    project: ProjectId,
    name: String,
    #[server(default)] cost_centre: String,
    #[server(default)] data_class: String,
    #[server(default)] store_responses: bool,
    #[server(default)] governs: bool,
) -> Result<Answer<Flash>, ApiProblem> {
    let or_null = |text: &str| if text.trim().is_empty() { Value::Null } else { json!(text.trim()) };
    let path = under(tenant, &format!("projects/{project}"));
    let mut body = json!({ "name": name, "cost_centre": or_null(&cost_centre) });
    if governs {
        body["data_class"] = or_null(&data_class);
        body["store_responses"] = json!(store_responses);
    }
    let changed = call::patch::<Project>(&path, &body).await;
    call::reply(
        changed
            .map(|changed| Flash::new(format!("Project {} was saved", changed.name)))
            .inspect(flash::leave),
    )
}

#[server(prefix = "/_fn", endpoint = "projects/archive")]
pub async fn archive_project(
    tenant: TenantId,
    project: ProjectId,
    archived: bool,
    #[server(default)] name: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let path = under(tenant, &format!("projects/{project}"));
    let done = if archived {
        call::delete::<()>(&path).await
    } else {
        call::patch::<Project>(&path, &json!({ "archived": false })).await.map(|_| ())
    };
    let words = if archived { "archived" } else { "taken out of the archive" };
    call::reply(done.map(|()| Flash::new(format!("Project {name} was {words}"))).inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "models")]
pub async fn read_models(tenant: TenantId) -> Result<Answer<Vec<TenantModel>>, ApiProblem> {
    call::reply(models_of(tenant).await)
}

#[server(prefix = "/_fn", endpoint = "quick-start")]
pub async fn read_quick_start(tenant: TenantId) -> Result<Answer<QuickStartView>, ApiProblem> {
    let (own, keys) = (format!("/api/v1/tenants/{tenant}"), under(tenant, "keys?limit=1"));
    let read = async {
        let (tenant, models, keys) = futures::try_join!(
            call::get::<Tenant>(&own),
            models_of(tenant),
            call::get::<Page<ApiKey>>(&keys)
        )?;
        Ok(QuickStartView { tenant, models, has_keys: !keys.data.is_empty() })
    };
    call::reply(read.await)
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    #[test]
    fn an_expiry_is_a_number_of_days_or_never() {
        let now = "2026-11-21T14:05:00Z".parse().unwrap();
        assert_eq!(expiry("", now), None);
        assert_eq!(expiry("soon", now).as_deref(), Some("soon"));
        assert_eq!(expiry("30", now).as_deref(), Some("2026-12-21T14:05:00Z"));
    }
}
