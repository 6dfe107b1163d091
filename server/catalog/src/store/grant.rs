//! Which tenant may use which model.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx, TenantTx};
use shared::{ModelId, TenantId};
use shared_api::catalog::TenantModel;
use sqlx::{FromRow, Row, postgres::PgRow};
use uuid::Uuid;

use super::price::PriceRow;

struct TenantModelRow(TenantModel);

impl FromRow<'_, PgRow> for TenantModelRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let priced: Option<Uuid> = row.try_get("price_id")?;
        Ok(Self(TenantModel {
            id: ModelId::from_uuid(row.try_get("id")?),
            name: row.try_get("name")?,
            display_name: row.try_get("display_name")?,
            description: row.try_get("description")?,
            kind: super::model::kind(row.try_get("kind")?),
            context_length: row.try_get::<i32, _>("context_length")?.try_into().unwrap_or_default(),
            max_output_tokens: row
                .try_get::<Option<i32>, _>("max_output_tokens")?
                .and_then(|n| n.try_into().ok()),
            input_modalities: row.try_get("input_modalities")?,
            output_modalities: row.try_get("output_modalities")?,
            supported_parameters: row.try_get("supported_parameters")?,
            capabilities: row.try_get("capabilities")?,
            external: row.try_get("external")?,
            price: priced.map(|_| PriceRow::from_row(row).map(|price| price.0)).transpose()?,
        }))
    }
}

/// The models that the tenant may use, in the order of their names.
pub async fn models_of(tx: &mut TenantTx, now: DateTime<Utc>) -> Result<Vec<TenantModel>, DbError> {
    let tenant = tx.tenant_id().uuid();
    let found: Vec<TenantModelRow> = sqlx::query_as(
        "select m.*, p.id as price_id, m.id as model_id, p.valid_from, p.currency, p.prompt, p.cached_prompt, p.completion, p.request, \
           t.external_engines and (m.id in (select models_served_outside()) or exists (select from tenant_upstreams u \
             where u.tenant_id = g.tenant_id and u.model_id = m.id)) as external \
         from model_grants g join tenants t on t.id = g.tenant_id join models m on m.id = g.model_id and m.retired_at is null \
         left join lateral (select * from prices where model_id = m.id and valid_from <= $2 order by valid_from desc limit 1) p on true \
         where g.tenant_id = $1 order by m.name",
    )
    .bind(tenant)
    .bind(now)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

/// The tenant may use exactly these models from now on.
pub async fn replace(
    tx: &mut OperatorTx,
    tenant: TenantId,
    models: &[ModelId],
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let ids: Vec<Uuid> = models.iter().map(|model| model.uuid()).collect();
    sqlx::query("delete from model_grants where tenant_id = $1 and not (model_id = any($2))")
        .bind(tenant.uuid())
        .bind(&ids)
        .execute(tx.conn())
        .await?;
    sqlx::query("insert into model_grants (tenant_id, model_id, created_at) select $1, id, $3 from unnest($2::uuid[]) id on conflict do nothing")
        .bind(tenant.uuid())
        .bind(&ids)
        .bind(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Every tenant may use the model from now on.
pub async fn to_all(tx: &mut OperatorTx, model: ModelId, now: DateTime<Utc>) -> Result<(), DbError> {
    sqlx::query(
        "insert into model_grants (tenant_id, model_id, created_at) select id, $1, $2 from tenants where status <> 'deleted' on conflict do nothing",
    )
    .bind(model.uuid())
    .bind(now)
    .execute(tx.conn())
    .await?;
    Ok(())
}
