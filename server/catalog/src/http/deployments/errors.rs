use access::{OperatorPermit, Refusal, grants::ReadDeployment};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Deserialize;
use shared::Page;
use shared_api::engines::EngineErrors;
use web::{Json, Problem, Query};

use crate::store;

/// How far back one may look, and how far one looks where nothing is said.
const LONGEST: TimeDelta = TimeDelta::days(31);
const USUAL: TimeDelta = TimeDelta::days(1);
/// Pairs of deployment and error that are shown.
const MOST: i64 = 500;

#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Since {
    /// From when on, at most 31 days back. Left out: the last day.
    since: Option<DateTime<Utc>>,
}

/// Calls that failed at an engine, by deployment and kind of error, the most frequent first.
#[utoipa::path(
    get, path = "/api/v1/deployments/errors", tag = "deployments", operation_id = "list_deployment_errors", params(Since),
    responses((status = 200, body = Page<EngineErrors>), (status = 400))
)]
pub async fn errors(
    permit: OperatorPermit<ReadDeployment>,
    Query(Since { since }): Query<Since>,
) -> Result<Json<Page<EngineErrors>>, Refusal> {
    let now = permit.now();
    if since.is_some_and(|at| at < now - LONGEST) {
        return Err(Problem::field("since", "expected a time of the last 31 days").into());
    }
    let mut tx = permit.begin().await?;
    let found = store::engine_errors::since(&mut tx, since.unwrap_or(now - USUAL), MOST).await?;
    tx.commit().await?;
    Ok(Json(Page::whole(found)))
}
