//! Data classes.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx, TenantTx};
use shared_api::engines::{DataClass, DataClassChange, NewDataClass};

type Row = (String, String, bool, bool, DateTime<Utc>);

fn class((name, description, allows_external, needs_clearance, created_at): Row) -> DataClass {
    DataClass { name, description, allows_external, needs_clearance, created_at }
}

/// In the order of their names.
pub async fn list(tx: &mut OperatorTx, after: Option<&str>, rows: i64) -> Result<Vec<DataClass>, DbError> {
    let found: Vec<Row> = sqlx::query_as(
        "select name, description, allows_external, needs_clearance, created_at from data_classes \
         where $1::text is null or name > $1 order by name limit $2",
    )
    .bind(after)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(class).collect())
}

/// What a tenant's projects can be given.
pub async fn offered(tx: &mut TenantTx) -> Result<Vec<DataClass>, DbError> {
    let found: Vec<Row> = sqlx::query_as(
        "select name, description, allows_external, needs_clearance, created_at from data_classes order by name",
    )
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(class).collect())
}

/// None when the name is taken.
pub async fn insert(
    tx: &mut OperatorTx,
    new: &NewDataClass,
    now: DateTime<Utc>,
) -> Result<Option<DataClass>, DbError> {
    let made: Option<Row> = sqlx::query_as(
        "insert into data_classes (name, description, allows_external, needs_clearance, created_at) values ($1, $2, $3, $4, $5) \
         on conflict do nothing returning name, description, allows_external, needs_clearance, created_at",
    )
    .bind(&new.name)
    .bind(&new.description)
    .bind(new.allows_external)
    .bind(new.needs_clearance)
    .bind(now)
    .fetch_optional(tx.conn())
    .await?;
    Ok(made.map(class))
}

/// None when there is no such class.
pub async fn update(
    tx: &mut OperatorTx,
    name: &str,
    change: &DataClassChange,
) -> Result<Option<DataClass>, DbError> {
    let changed: Option<Row> = sqlx::query_as(
        "update data_classes set description = coalesce($2, description), allows_external = coalesce($3, allows_external), \
         needs_clearance = coalesce($4, needs_clearance) \
         where name = $1 returning name, description, allows_external, needs_clearance, created_at",
    )
    .bind(name)
    .bind(&change.description)
    .bind(change.allows_external)
    .bind(change.needs_clearance)
    .fetch_optional(tx.conn())
    .await?;
    Ok(changed.map(class))
}

/// The first of these names that no class has, by its place.
pub async fn first_unknown(tx: &mut OperatorTx, names: &[String]) -> Result<Option<usize>, DbError> {
    let known: Vec<String> = sqlx::query_scalar("select name from data_classes where name = any($1)")
        .bind(names)
        .fetch_all(tx.conn())
        .await?;
    Ok(names.iter().position(|name| !known.contains(name)))
}
