use access::{Refusal, TenantPermit, grants::UpdateTenantRoute};
use shared::{RouteId, TenantId};
use shared_api::routes::{Route, RouteChange};
use web::{Json, Path, Problem};

use crate::{
    route::{self, Owner},
    route_book::{RouteRefusal, check_version},
    store::routes::{NewVersion, known, own},
};

/// Changes what a tenant's own route does: a document makes a new version, in force at once.
#[utoipa::path(
    patch, path = "/api/v1/tenants/{tenant_id}/routes/{tenant_route_id}", tag = "routes", operation_id = "update_tenant_route",
    request_body = RouteChange, params(("tenant_id" = TenantId, Path), ("tenant_route_id" = RouteId, Path)),
    responses((status = 200, body = Route), (status = 400), (status = 403), (status = 404),
        (status = 409, description = "Another version than `if_version` is in force"))
)]
pub async fn change(
    permit: TenantPermit<UpdateTenantRoute>,
    path: Path<(TenantId, RouteId)>,
    Json(change): Json<RouteChange>,
) -> Result<Json<Route>, Refusal> {
    let Path((_, id)) = path;
    let missing = || Problem::not_found("route");
    let refused = |fault| Problem::from(RouteRefusal::from(fault));
    let mut tx = permit.begin().await?;
    let held = own::hold(&mut tx, id).await?.ok_or_else(missing)?;
    check_version(change.if_version, held.version).map_err(Problem::from)?;
    if let Some(description) = &change.description {
        route::check_text("description", description).map_err(refused)?;
        own::describe(&mut tx, id, description).await?;
    }
    if let Some(spec) = &change.spec {
        route::check_text("note", &change.note).map_err(refused)?;
        let known = known::to_tenant(&mut tx).await?;
        route::check(&held.name, spec, &known, Owner::Tenant).map_err(refused)?;
        let version = NewVersion { spec, note: &change.note, by: permit.caller().email() };
        own::replace(&mut tx, &held, &version, permit.now()).await?;
    }
    let changed = own::get(&mut tx, id).await?.ok_or_else(missing)?;
    tx.commit().await?;
    Ok(Json(changed))
}
