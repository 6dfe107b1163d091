//! Routes, as a gateway needs them.

use db::{DbError, GatewayTx};
use shared::{RouteId, TenantId, route::RouteSpec};
use snapshot::Route;
use uuid::Uuid;

#[derive(sqlx::FromRow)]
struct RouteRow {
    tenant_id: Option<Uuid>,
    id: Uuid,
    name: String,
    version: i32,
    spec: serde_json::Value,
}

/// The versions in force, the operator's and the tenants'.
pub async fn routes(tx: &mut GatewayTx) -> Result<Vec<Route>, DbError> {
    let rows: Vec<RouteRow> = sqlx::query_as(
        "select null::uuid as tenant_id, r.id, r.name, v.version, v.spec from routes r \
           join route_versions v on v.route_id = r.id and v.version = r.active_version where r.retired_at is null \
         union all select r.tenant_id, r.id, r.name, v.version, v.spec from tenant_routes r \
           join tenant_route_versions v on v.tenant_id = r.tenant_id and v.route_id = r.id and v.version = r.active_version \
           join tenants t on t.id = r.tenant_id where r.retired_at is null and t.status <> 'deleted'",
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(rows.into_iter().filter_map(route).collect())
}

/// None, and a word in the log, for a document that another release wrote and this one cannot read.
fn route(row: RouteRow) -> Option<Route> {
    let id = RouteId::from_uuid(row.id);
    let spec: RouteSpec = serde_json::from_value(row.spec)
        .inspect_err(
            |error| tracing::error!(route = %id, %error, "route left out: its document is not readable"),
        )
        .ok()?;
    Some(Route {
        id,
        tenant_id: row.tenant_id.map(TenantId::from_uuid),
        name: row.name,
        version: u32::try_from(row.version).unwrap_or_default(),
        spec,
    })
}
