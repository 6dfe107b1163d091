//! Pools.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx};
use shared::{PoolId, TenantId};
use shared_api::catalog::{CreatePool, Pool};
use uuid::Uuid;

type Row = (Uuid, String, Option<Uuid>, Option<String>, DateTime<Utc>, i64);

pub async fn list(
    tx: &mut OperatorTx,
    only: Option<PoolId>,
    after: Option<&str>,
    rows: i64,
) -> Result<Vec<Pool>, DbError> {
    let found: Vec<Row> = sqlx::query_as(
        "select p.id, p.name, p.dedicated_to, p.region, p.created_at, \
         (select count(*) from deployments d where d.pool_id = p.id and d.deleted_at is null) from pools p \
         where ($1::uuid is null or p.id = $1) and ($2::text is null or p.name > $2) order by p.name limit $3",
    )
    .bind(only.map(PoolId::uuid))
    .bind(after)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    let pool = |(id, name, owner, region, created_at, deployments): Row| Pool {
        id: PoolId::from_uuid(id),
        name,
        dedicated_to: owner.map(TenantId::from_uuid),
        region,
        deployments: u32::try_from(deployments).unwrap_or_default(),
        created_at,
    };
    Ok(found.into_iter().map(pool).collect())
}

pub async fn id_by_name(tx: &mut OperatorTx, name: &str) -> Result<Option<PoolId>, DbError> {
    let found = sqlx::query_scalar("select id from pools where name = $1")
        .bind(name)
        .fetch_optional(tx.conn())
        .await?;
    Ok(found.map(PoolId::from_uuid))
}

pub async fn tenant_exists(tx: &mut OperatorTx, tenant: TenantId) -> Result<bool, DbError> {
    Ok(sqlx::query_scalar("select exists (select from tenants where id = $1 and status <> 'deleted')")
        .bind(tenant.uuid())
        .fetch_one(tx.conn())
        .await?)
}

/// None when the name is taken.
pub async fn insert(
    tx: &mut OperatorTx,
    new: &CreatePool,
    now: DateTime<Utc>,
) -> Result<Option<PoolId>, DbError> {
    let id = PoolId::generate();
    let kind = if new.dedicated_to.is_some() { "dedicated" } else { "shared" };
    let done = sqlx::query(
        "insert into pools (id, name, kind, dedicated_to, region, created_at) values ($1, $2, $3, $4, $5, $6) \
         on conflict on constraint pools_name do nothing",
    )
    .bind(id.uuid())
    .bind(&new.name)
    .bind(kind)
    .bind(new.dedicated_to.map(TenantId::uuid))
    .bind(&new.region)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok((done.rows_affected() == 1).then_some(id))
}
