//! Engines: registering one by its address, testing, draining, what failed; data classes. For operators.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};
use shared::DeploymentId;
use shared_api::{
    catalog::Deployment,
    engines::{DataClass, DeploymentTest, DetectedEngine, EngineErrors},
};

use super::{Answer, ApiProblem, flash::Flash};

#[cfg(feature = "ssr")]
use {
    super::{call, flash},
    serde_json::json,
    shared::Page,
    shared_api::engines::TestOutcome,
};

/// One deployment, with what failed at it in the last day.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DeploymentView {
    pub deployment: Deployment,
    pub errors: Vec<EngineErrors>,
    pub now: i64,
}

/// What failed, by deployment and kind of error.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ErrorsView {
    pub errors: Vec<EngineErrors>,
    pub now: i64,
}

/// The data classes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct DataClassesView {
    pub classes: Vec<DataClass>,
    pub now: i64,
}

/// What failed since so many hours ago.
#[cfg(feature = "ssr")]
async fn errors(hours: i64) -> Answer<Vec<EngineErrors>> {
    use chrono::{SecondsFormat, TimeDelta};
    let since = (call::moment() - TimeDelta::hours(hours)).to_rfc3339_opts(SecondsFormat::Secs, true);
    let path = ui::query_href("/api/v1/deployments/errors", [("since", since.as_str())]);
    Ok(call::get::<Page<EngineErrors>>(&path).await?.data)
}

#[cfg(feature = "ssr")]
pub(crate) async fn data_classes() -> Answer<Vec<DataClass>> {
    Ok(call::get::<Page<DataClass>>("/api/v1/data-classes?limit=200").await?.data)
}

/// `deployment` as it stands in the address.
#[server(prefix = "/_fn", endpoint = "deployments/one")]
pub async fn read_deployment(deployment: String) -> Result<Answer<DeploymentView>, ApiProblem> {
    let view = async {
        let id = deployment.parse::<DeploymentId>().map_err(|_| ApiProblem::not_found())?;
        let path = format!("/api/v1/deployments/{id}");
        let (deployment, errors) = futures::try_join!(call::get::<Deployment>(&path), errors(24))?;
        let errors = errors.into_iter().filter(|one| one.deployment_id == id).collect();
        Ok(DeploymentView { deployment, errors, now: call::now() })
    };
    call::reply(view.await)
}

/// Asks what answers at an address; nothing is made.
#[server(prefix = "/_fn", endpoint = "deployments/detect")]
pub async fn detect_engine(
    base_url: String,
    #[server(default)] credential: String,
) -> Result<Answer<DetectedEngine>, ApiProblem> {
    let mut body = json!({ "base_url": base_url.trim() });
    if !credential.trim().is_empty() {
        body["credential"] = json!(credential.trim());
    }
    call::reply(call::post::<DetectedEngine>("/api/v1/deployments/detect", &body).await)
}

/// One small call through a deployment. Without a script the next page says how it ended.
#[server(prefix = "/_fn", endpoint = "deployments/test")]
pub async fn test_deployment(
    deployment: DeploymentId,
    #[server(default)] name: String,
) -> Result<Answer<DeploymentTest>, ApiProblem> {
    let path = format!("/api/v1/deployments/{deployment}/test");
    let tested = call::post::<DeploymentTest>(&path, &json!({})).await;
    if let Ok(test) = &tested {
        let said = match test.outcome {
            TestOutcome::Answered => format!("{name} answered within {} ms", test.total_ms),
            TestOutcome::Failed => {
                format!(
                    "{name} failed: {}",
                    test.message.as_deref().or(test.error.as_deref()).unwrap_or("no reason given")
                )
            }
        };
        flash::leave(&Flash::new(said));
    }
    call::reply(tested)
}

/// `hours` looked back, as it stands in the address; else a day.
#[server(prefix = "/_fn", endpoint = "engine-errors")]
pub async fn read_engine_errors(#[server(default)] hours: String) -> Result<Answer<ErrorsView>, ApiProblem> {
    let hours = hours.parse().ok().filter(|hours| (1..=720).contains(hours)).unwrap_or(24);
    call::reply(errors(hours).await.map(|errors| ErrorsView { errors, now: call::now() }))
}

#[server(prefix = "/_fn", endpoint = "data-classes")]
pub async fn read_data_classes() -> Result<Answer<DataClassesView>, ApiProblem> {
    call::reply(data_classes().await.map(|classes| DataClassesView { classes, now: call::now() }))
}

#[server(prefix = "/_fn", endpoint = "data-classes/create")]
pub async fn create_data_class(
    name: String,
    #[server(default)] description: String,
    #[server(default)] allows_external: bool,
) -> Result<Answer<Flash>, ApiProblem> {
    let body =
        json!({ "name": name.trim(), "description": description.trim(), "allows_external": allows_external });
    let made = call::post::<DataClass>("/api/v1/data-classes", &body).await;
    call::reply(
        made.map(|made| Flash::new(format!("Data class {} was made", made.name))).inspect(flash::leave),
    )
}

#[server(prefix = "/_fn", endpoint = "data-classes/change")]
pub async fn change_data_class(
    class: String,
    #[server(default)] description: String,
    #[server(default)] allows_external: bool,
) -> Result<Answer<Flash>, ApiProblem> {
    let path = format!("/api/v1/data-classes/{}", call::segment(&class));
    let body = json!({ "description": description.trim(), "allows_external": allows_external });
    let changed = call::patch::<DataClass>(&path, &body).await;
    let said = changed.map(|one| {
        let words =
            if one.allows_external { "may leave for engines outside" } else { "stays on the platform" };
        Flash::new(format!("Data of class {} {words}", one.name))
    });
    call::reply(said.inspect(flash::leave))
}
