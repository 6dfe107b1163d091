//! Names of models, as far as tenants and keys are given them.

use chrono::{DateTime, Utc};
use db::{OperatorTx, TenantTx};
use shared::TenantId;

use crate::TenancyError;

/// What the operator offers.
pub async fn offered(tx: &mut OperatorTx) -> Result<Vec<String>, TenancyError> {
    let names = sqlx::query_scalar("select name from models where retired_at is null order by name");
    Ok(names.fetch_all(tx.conn()).await?)
}

/// What the transaction's tenant may use.
pub async fn granted(tx: &mut TenantTx) -> Result<Vec<String>, TenancyError> {
    let tenant = tx.tenant_id().uuid();
    let names = sqlx::query_scalar(
        "select m.name from model_grants g join models m on m.id = g.model_id \
         where g.tenant_id = $1 and m.retired_at is null order by m.name",
    )
    .bind(tenant)
    .fetch_all(tx.conn())
    .await?;
    Ok(names)
}

pub async fn grant(
    tx: &mut OperatorTx,
    tenant: TenantId,
    names: &[String],
    now: DateTime<Utc>,
) -> Result<(), TenancyError> {
    sqlx::query(
        "insert into model_grants (tenant_id, model_id, created_at) \
         select $1, id, $3 from models where name = any($2) and retired_at is null",
    )
    .bind(tenant.uuid())
    .bind(names)
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
