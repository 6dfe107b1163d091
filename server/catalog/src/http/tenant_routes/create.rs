use access::{Refusal, TenantPermit, grants::CreateTenantRoute};
use http::StatusCode;
use shared::{ErrorCode, TenantId};
use shared_api::routes::{NewRoute, Route};
use web::{Json, Problem};

use crate::{
    route::{self, Owner},
    route_book::RouteRefusal,
    store::routes::{NewRow, NewVersion, known, own},
};

/// How many a tenant may have.
const MOST: usize = 100;

/// Makes a name of the tenant's own for models that it may use: an alias, a fallback chain, a comparison. `arms` (without pools
/// and deployments), `fallbacks`, `stick_to`, `preset`, `ceilings` and `when_exhausted` can be said.
#[utoipa::path(
    post, path = "/api/v1/tenants/{tenant_id}/routes", tag = "routes", operation_id = "create_tenant_route", request_body = NewRoute,
    params(("tenant_id" = TenantId, Path)),
    responses((status = 201, body = Route), (status = 400), (status = 403), (status = 404), (status = 409, description = "The name is taken"))
)]
pub async fn create(
    permit: TenantPermit<CreateTenantRoute>,
    Json(new): Json<NewRoute>,
) -> Result<(StatusCode, Json<Route>), Refusal> {
    let mut tx = permit.begin().await?;
    if own::list(&mut tx, None).await?.len() >= MOST {
        return Err(Problem::new(ErrorCode::Conflict, format!("There are {MOST} routes already.")).into());
    }
    check(&new, &known::to_tenant(&mut tx).await?)?;
    let version = NewVersion { spec: &new.spec, note: &new.note, by: permit.caller().email() };
    let row = NewRow { name: &new.name, description: &new.description, version };
    let taken = || Problem::from(RouteRefusal::NameTaken(new.name.clone()));
    let id = own::insert(&mut tx, &row, permit.now()).await?.ok_or_else(taken)?;
    let made = own::get(&mut tx, id).await?.ok_or_else(|| Problem::not_found("route"))?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(made)))
}

fn check(new: &NewRoute, known: &route::Known) -> Result<(), Problem> {
    let all = || {
        route::check_name(&new.name, known)?;
        route::check_text("description", &new.description)?;
        route::check_text("note", &new.note)?;
        route::check(&new.name, &new.spec, known, Owner::Tenant)
    };
    all().map_err(|fault| RouteRefusal::from(fault).into())
}
