//! Tenants' own routes.

use ::shared::RouteId;
use chrono::{DateTime, Utc};
use db::{DbError, TenantTx};
use shared_api::routes::Route;
use sqlx::types::Json;

use super::{NewRow, NewVersion, RouteRow, number, route_columns};

/// In the order of their names; one by id where `only` names it.
pub async fn list(tx: &mut TenantTx, only: Option<RouteId>) -> Result<Vec<Route>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<RouteRow> = sqlx::query_as(concat!(
        "select ",
        route_columns!(),
        ", (select max(version) from tenant_route_versions w where w.tenant_id = r.tenant_id and w.route_id = r.id) as latest_version \
         from tenant_routes r join tenant_route_versions v \
           on v.tenant_id = r.tenant_id and v.route_id = r.id and v.version = r.active_version \
         where r.tenant_id = $1 and r.retired_at is null and ($2::uuid is null or r.id = $2) order by r.name"
    ))
    .bind(tenant)
    .bind(only.map(RouteId::uuid))
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

pub async fn get(tx: &mut TenantTx, id: RouteId) -> Result<Option<Route>, DbError> {
    Ok(list(tx, Some(id)).await?.pop())
}

/// The route with nobody else changing it until the transaction ends; None when there is none.
pub async fn hold(tx: &mut TenantTx, id: RouteId) -> Result<Option<Route>, DbError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("select from tenant_routes where tenant_id = $1 and id = $2 for no key update")
        .bind(tenant)
        .bind(id.uuid())
        .execute(tx.conn())
        .await?;
    get(tx, id).await
}

/// None when the name is taken.
pub async fn insert(
    tx: &mut TenantTx,
    new: &NewRow<'_>,
    now: DateTime<Utc>,
) -> Result<Option<RouteId>, DbError> {
    let (tenant, id) = (tx.tenant_id().uuid(), RouteId::generate());
    let done = sqlx::query(
        "insert into tenant_routes (tenant_id, id, name, description, active_version, created_by, created_at, changed_at) \
         values ($1, $2, $3, $4, 1, $5, $6, $6) on conflict (tenant_id, name) where retired_at is null do nothing",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(new.name)
    .bind(new.description)
    .bind(new.version.by)
    .bind(now)
    .execute(tx.conn())
    .await?;
    if done.rows_affected() == 0 {
        return Ok(None);
    }
    insert_version(tx, id, 1, &new.version, now).await?;
    Ok(Some(id))
}

/// Of a held route. The version is the next after the latest.
async fn insert_version(
    tx: &mut TenantTx,
    id: RouteId,
    version: u32,
    new: &NewVersion<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query(
        "insert into tenant_route_versions (tenant_id, route_id, version, spec, note, created_by, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7)",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(number(version))
    .bind(Json(new.spec))
    .bind(new.note)
    .bind(new.by)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

/// A new version of a held route, in force at once.
pub async fn replace(
    tx: &mut TenantTx,
    held: &Route,
    new: &NewVersion<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let (tenant, version) = (tx.tenant_id().uuid(), held.latest_version + 1);
    insert_version(tx, held.id, version, new, now).await?;
    sqlx::query(
        "update tenant_routes set active_version = $3, changed_at = $4 where tenant_id = $1 and id = $2",
    )
    .bind(tenant)
    .bind(held.id.uuid())
    .bind(number(version))
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}

pub async fn describe(tx: &mut TenantTx, id: RouteId, description: &str) -> Result<(), DbError> {
    let tenant = tx.tenant_id().uuid();
    sqlx::query("update tenant_routes set description = $3 where tenant_id = $1 and id = $2")
        .bind(tenant)
        .bind(id.uuid())
        .bind(description)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// False when there is none.
pub async fn retire(tx: &mut TenantTx, id: RouteId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let tenant = tx.tenant_id().uuid();
    let done = sqlx::query(
        "update tenant_routes set retired_at = $3 where tenant_id = $1 and id = $2 and retired_at is null",
    )
    .bind(tenant)
    .bind(id.uuid())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
