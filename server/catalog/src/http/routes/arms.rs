use access::{OperatorPermit, Refusal, grants::ReadRoute};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use shared::{RouteId, route::RouteSpec};
use shared_api::routes::{ArmUse, ArmsQuery, RouteArms};
use web::{Json, Path, Problem, Query};

use crate::{route_book, store::routes::arms as store};

const DEFAULT_HOURS: u32 = 24;
const MOST_HOURS: u32 = 2160;

/// Compares a route's arms: speed, errors, tokens, cost, how answers finished.
#[utoipa::path(
    get, path = "/api/v1/routes/{route_id}/arms", tag = "routes", operation_id = "get_route_arms",
    params(("route_id" = RouteId, Path), ArmsQuery), responses((status = 200, body = RouteArms), (status = 400), (status = 404))
)]
pub async fn arms(
    permit: OperatorPermit<ReadRoute>,
    Path(id): Path<RouteId>,
    Query(query): Query<ArmsQuery>,
) -> Result<Json<RouteArms>, Refusal> {
    let to = permit.now();
    let from = window(&query, to)?;
    let mut tx = permit.begin().await?;
    let route = route_book::get(&mut tx, id).await.map_err(Problem::from)?;
    let wanted = store::Wanted { route: id, from, version: query.version };
    let ((currency, includes_demo), found) = store::of_all(&mut tx, &wanted).await?;
    let shadows = store::shadows(&mut tx, &wanted, currency).await?;
    tx.commit().await?;
    Ok(Json(RouteArms { from, to, currency, arms: laid_out(&route.spec, found), shadows, includes_demo }))
}

/// When the hours asked for begin.
pub fn window(query: &ArmsQuery, now: DateTime<Utc>) -> Result<DateTime<Utc>, Problem> {
    let hours = query.hours.unwrap_or(DEFAULT_HOURS);
    if !(1..=MOST_HOURS).contains(&hours) {
        return Err(Problem::field("hours", format!("{hours}: expected 1 to {MOST_HOURS}")));
    }
    let begins = now - TimeDelta::hours(i64::from(hours) - 1);
    Ok(begins.duration_trunc(TimeDelta::hours(1)).unwrap_or(begins))
}

/// The arms in force in their order, those without calls too; then what other versions' arms had.
pub fn laid_out(spec: &RouteSpec, mut found: Vec<ArmUse>) -> Vec<ArmUse> {
    let mut arms = Vec::with_capacity(spec.arms.len() + found.len());
    for arm in &spec.arms {
        let at = found.iter().position(|one| one.arm == arm.name);
        let had = at.map(|at| found.remove(at)).unwrap_or_default();
        arms.push(ArmUse { arm: arm.name.clone(), weight: Some(arm.weight), ..had });
    }
    arms.append(&mut found);
    arms
}
