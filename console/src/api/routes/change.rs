//! Changes of routes, the operator's and tenants' alike.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::RouteId;

use super::RouteForm;
use crate::api::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
use {
    super::{get, of, one, words},
    crate::api::{call, flash},
    serde_json::{Value, json},
    shared_api::routes::Route,
};

/// What was saved: a [`Flash`] that says which.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Saved {
    pub text: String,
    pub route: RouteId,
}

/// Makes a route, or a new version of `route`, from the version that the form was filled in from.
#[server(prefix = "/_fn", endpoint = "routes/save")]
pub async fn save_route(
    #[server(default)] tenant: String,
    #[server(default)] route: String,
    #[server(default)] version: u32,
    #[server(default)] name: String,
    #[server(default)] description: String,
    #[server(default)] note: String,
    #[server(default)] spec: RouteForm,
) -> Result<Answer<Saved>, ApiProblem> {
    let saved = async {
        let mut document = spec.read()?;
        let (description, note) = (description.trim(), note.trim());
        if route.is_empty() {
            let body =
                json!({ "name": name.trim(), "description": description, "note": note, "spec": document });
            let made = call::post::<Route>(&of(&tenant)?, &body).await?;
            return Ok(Saved { text: format!("{} can be called from now on", made.name), route: made.id });
        }
        // What the form does not show stays.
        document.weights = get(&tenant, &route).await?.spec.weights;
        let body =
            json!({ "description": description, "note": note, "spec": document, "if_version": version });
        let made = call::patch::<Route>(&one(&tenant, &route)?, &body).await?;
        let text = format!("Version {} of {} is in force", made.version, made.name);
        Ok(Saved { text, route: made.id })
    };
    let saved = saved.await;
    if let (Ok(saved), true) = (&saved, call::is_plain()) {
        flash::leave(&Flash::new(&saved.text));
    }
    call::reply(saved)
}

/// The document in force with other weights, in the order of its arms.
#[cfg(feature = "ssr")]
async fn with_weights(
    tenant: &str,
    route: &str,
    version: u32,
    note: &str,
    weights: impl Fn(usize, &str) -> u32,
) -> Answer<Route> {
    let mut spec = get(tenant, route).await?.spec;
    for (at, arm) in spec.arms.iter_mut().enumerate() {
        arm.weight = weights(at, &arm.name);
    }
    let body = json!({ "spec": spec, "note": note, "if_version": version });
    call::patch::<Route>(&one(tenant, route)?, &body).await
}

/// Gives the arms of `version` other shares, in their order.
#[server(prefix = "/_fn", endpoint = "routes/shares")]
pub async fn set_shares(
    #[server(default)] tenant: String,
    route: String,
    version: u32,
    #[server(default)] shares: Vec<u32>,
    #[server(default)] note: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let share = |at: usize, _: &str| shares.get(at).copied().unwrap_or(0);
    let changed = with_weights(&tenant, &route, version, note.trim(), share).await;
    let said = |route: Route| {
        let arms =
            route.spec.arms.iter().map(|arm| format!("{} {}", arm.name, words::share(&route.spec, arm)));
        Flash::new(format!("In force: {}", arms.collect::<Vec<_>>().join(", ")))
    };
    call::reply(changed.map(said).inspect(flash::leave))
}

/// Gives one arm all calls.
#[server(prefix = "/_fn", endpoint = "routes/promote")]
pub async fn promote_arm(
    #[server(default)] tenant: String,
    route: String,
    version: u32,
    arm: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let promoted = async {
        if tenant.is_empty() {
            let body: Value = json!({ "arm": arm, "if_version": version });
            return call::post::<Route>(&format!("{}/promote", one(&tenant, &route)?), &body).await;
        }
        let all = |_: usize, name: &str| if name == arm { 100 } else { 0 };
        with_weights(&tenant, &route, version, &format!("{arm} was promoted"), all).await
    };
    let said = promoted.await.map(|_| Flash::new(format!("All calls go to {arm} from now on")));
    call::reply(said.inspect(flash::leave))
}

/// Puts version `to` in force again.
#[server(prefix = "/_fn", endpoint = "routes/rollback")]
pub async fn roll_back(route: String, version: u32, to: u32) -> Result<Answer<Flash>, ApiProblem> {
    let done = async {
        let body = json!({ "version": to, "if_version": version });
        call::post::<Route>(&format!("{}/rollback", one("", &route)?), &body).await
    };
    let said = done.await.map(|route| Flash::new(format!("Version {} is in force again", route.version)));
    call::reply(said.inspect(flash::leave))
}

#[server(prefix = "/_fn", endpoint = "routes/delete")]
pub async fn delete_route(
    #[server(default)] tenant: String,
    route: String,
    #[server(default)] name: String,
) -> Result<Answer<Flash>, ApiProblem> {
    let done = async { call::delete::<()>(&one(&tenant, &route)?).await };
    call::reply(done.await.map(|()| Flash::new(format!("{name} was removed"))).inspect(flash::leave))
}
