//! Data classes.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx, TenantTx};
use shared_api::engines::{DataClass, DataClassChange, NewDataClass};

type Row = (String, String, bool, DateTime<Utc>);

fn class((name, description, allows_external, created_at): Row) -> DataClass {
    DataClass { name, description, allows_external, created_at }
}

/// In the order of their names.
pub async fn list(tx: &mut OperatorTx, after: Option<&str>, rows: i64) -> Result<Vec<DataClass>, DbError> {
    let found: Vec<Row> = sqlx::query_as(
        "select name, description, allows_external, created_at from data_classes \
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
        "select name, description, allows_external, created_at from data_classes order by name",
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
        "insert into data_classes (name, description, allows_external, created_at) values ($1, $2, $3, $4) \
         on conflict do nothing returning name, description, allows_external, created_at",
    )
    .bind(&new.name)
    .bind(&new.description)
    .bind(new.allows_external)
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
        "update data_classes set description = coalesce($2, description), allows_external = coalesce($3, allows_external) \
         where name = $1 returning name, description, allows_external, created_at",
    )
    .bind(name)
    .bind(&change.description)
    .bind(change.allows_external)
    .fetch_optional(tx.conn())
    .await?;
    Ok(changed.map(class))
}
