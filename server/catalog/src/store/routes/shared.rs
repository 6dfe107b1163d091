//! The operator's routes.

use ::shared::RouteId;
use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx};
use shared_api::routes::{Route, RouteVersion};
use sqlx::types::Json;

use super::{NewRow, NewVersion, RouteRow, VersionRow, number, route_columns};

/// In the order of their names; one by id where `only` names it.
pub async fn list(
    tx: &mut OperatorTx,
    only: Option<RouteId>,
    after: Option<&str>,
    rows: i64,
) -> Result<Vec<Route>, DbError> {
    let found: Vec<RouteRow> = sqlx::query_as(concat!(
        "select ",
        route_columns!(),
        ", (select max(version) from route_versions w where w.route_id = r.id) as latest_version \
         from routes r join route_versions v on v.route_id = r.id and v.version = r.active_version \
         where r.retired_at is null and ($1::uuid is null or r.id = $1) and ($2::text is null or r.name > $2) order by r.name limit $3"
    ))
    .bind(only.map(RouteId::uuid))
    .bind(after)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

pub async fn get(tx: &mut OperatorTx, id: RouteId) -> Result<Option<Route>, DbError> {
    Ok(list(tx, Some(id), None, 1).await?.pop())
}

pub async fn id_by_name(tx: &mut OperatorTx, name: &str) -> Result<Option<RouteId>, DbError> {
    let found = sqlx::query_scalar("select id from routes where name = $1 and retired_at is null")
        .bind(name)
        .fetch_optional(tx.conn())
        .await?;
    Ok(found.map(RouteId::from_uuid))
}

/// The route with nobody else changing it until the transaction ends; None when there is none.
pub async fn hold(tx: &mut OperatorTx, id: RouteId) -> Result<Option<Route>, DbError> {
    sqlx::query("select from routes where id = $1 for no key update")
        .bind(id.uuid())
        .execute(tx.conn())
        .await?;
    get(tx, id).await
}

/// None when the name is taken.
pub async fn insert(
    tx: &mut OperatorTx,
    new: &NewRow<'_>,
    now: DateTime<Utc>,
) -> Result<Option<RouteId>, DbError> {
    let id = RouteId::generate();
    let done = sqlx::query(
        "insert into routes (id, name, description, active_version, created_by, created_at, changed_at) \
         values ($1, $2, $3, 1, $4, $5, $5) on conflict (name) where retired_at is null do nothing",
    )
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
pub async fn insert_version(
    tx: &mut OperatorTx,
    id: RouteId,
    version: u32,
    new: &NewVersion<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    sqlx::query(
        "insert into route_versions (route_id, version, spec, note, created_by, created_at) values ($1, $2, $3, $4, $5, $6)",
    )
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

/// False when it has no such version.
pub async fn activate(
    tx: &mut OperatorTx,
    id: RouteId,
    version: u32,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "update routes set active_version = $2, changed_at = $3 where id = $1 \
         and exists (select from route_versions where route_id = $1 and version = $2)",
    )
    .bind(id.uuid())
    .bind(number(version))
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}

pub async fn describe(tx: &mut OperatorTx, id: RouteId, description: &str) -> Result<(), DbError> {
    sqlx::query("update routes set description = $2 where id = $1")
        .bind(id.uuid())
        .bind(description)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Usage keeps its id, so its row stays. False when there is none.
pub async fn retire(tx: &mut OperatorTx, id: RouteId, now: DateTime<Utc>) -> Result<bool, DbError> {
    let done = sqlx::query("update routes set retired_at = $2 where id = $1 and retired_at is null")
        .bind(id.uuid())
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(done.rows_affected() == 1)
}

/// The latest first.
pub async fn versions(
    tx: &mut OperatorTx,
    id: RouteId,
    before: Option<u32>,
    rows: i64,
) -> Result<Vec<RouteVersion>, DbError> {
    let found: Vec<VersionRow> = sqlx::query_as(
        "select v.version, v.version = r.active_version as active, v.spec, v.note, v.created_by, v.created_at \
         from route_versions v join routes r on r.id = v.route_id \
         where v.route_id = $1 and ($2::int is null or v.version < $2) order by v.version desc limit $3",
    )
    .bind(id.uuid())
    .bind(before.map(number))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}
