//! Models.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx};
use shared::{ModelId, route::TaskFit};
use shared_api::catalog::{CreateModel, Model, ModelKind, UpdateModel};
use sqlx::{FromRow, Row, postgres::PgRow, types::Json};

use super::price::PriceRow;
use crate::model;

struct ModelRow(Model);

pub fn kind(text: &str) -> ModelKind {
    ModelKind::ALL.into_iter().find(|kind| kind.as_str() == text).unwrap_or_default()
}

fn tokens(value: Option<i32>) -> Option<u32> {
    value.and_then(|n| u32::try_from(n).ok())
}

impl FromRow<'_, PgRow> for ModelRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let id = ModelId::from_uuid(row.try_get("id")?);
        let priced: Option<uuid::Uuid> = row.try_get("price_id")?;
        Ok(Self(Model {
            id,
            name: row.try_get("name")?,
            display_name: row.try_get("display_name")?,
            description: row.try_get("description")?,
            kind: kind(row.try_get("kind")?),
            context_length: tokens(row.try_get("context_length")?).unwrap_or_default(),
            max_output_tokens: tokens(row.try_get("max_output_tokens")?),
            input_modalities: row.try_get("input_modalities")?,
            output_modalities: row.try_get("output_modalities")?,
            supported_parameters: row.try_get("supported_parameters")?,
            capabilities: row.try_get("capabilities")?,
            tasks: row.try_get::<Json<Vec<TaskFit>>, _>("tasks")?.0,
            tokenizer: row.try_get::<Option<Vec<u8>>, _>("tokenizer")?.map(hex::encode),
            tokenizer_bytes: row
                .try_get::<Option<i32>, _>("tokenizer_bytes")?
                .and_then(|bytes| u64::try_from(bytes).ok()),
            price: priced.map(|_| PriceRow::from_row(row).map(|price| price.0)).transpose()?,
            deployments: row.try_get::<i64, _>("deployments")?.try_into().unwrap_or_default(),
            external: row.try_get("external")?,
            granted_tenants: row.try_get::<i64, _>("granted_tenants")?.try_into().unwrap_or_default(),
            created_at: row.try_get("created_at")?,
            retired_at: row.try_get("retired_at")?,
        }))
    }
}

/// Models in the order of their names; one by id where `only` names it.
pub async fn list(
    tx: &mut OperatorTx,
    only: Option<ModelId>,
    after: Option<&str>,
    rows: i64,
    now: DateTime<Utc>,
) -> Result<Vec<Model>, DbError> {
    let found: Vec<ModelRow> = sqlx::query_as(
        "select m.*, p.id as price_id, m.id as model_id, p.valid_from, p.currency, p.prompt, p.cached_prompt, p.completion, p.request, \
           (select octet_length(t.content) from tokenizers t where t.sha256 = m.tokenizer) as tokenizer_bytes, \
           (select count(*) from deployments d where d.model_id = m.id and d.deleted_at is null) as deployments, \
           m.id in (select models_served_outside()) as external, \
           (select count(*) from model_grants g where g.model_id = m.id) as granted_tenants \
         from models m left join lateral (select * from prices where model_id = m.id and valid_from <= $1 \
           order by valid_from desc limit 1) p on true \
         where ($2::uuid is null or m.id = $2) and ($3::text is null or m.name > $3) order by m.name limit $4",
    )
    .bind(now)
    .bind(only.map(ModelId::uuid))
    .bind(after)
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

pub async fn get(tx: &mut OperatorTx, id: ModelId, now: DateTime<Utc>) -> Result<Option<Model>, DbError> {
    Ok(list(tx, Some(id), None, 1, now).await?.pop())
}

pub async fn id_by_name(tx: &mut OperatorTx, name: &str) -> Result<Option<ModelId>, DbError> {
    let found = sqlx::query_scalar("select id from models where name = $1")
        .bind(name)
        .fetch_optional(tx.conn())
        .await?;
    Ok(found.map(ModelId::from_uuid))
}

/// None when a model or one of the operator's routes has the name.
pub async fn insert(
    tx: &mut OperatorTx,
    new: &CreateModel,
    now: DateTime<Utc>,
) -> Result<Option<ModelId>, DbError> {
    let id = ModelId::generate();
    let capabilities = new.capabilities.clone().unwrap_or_else(|| model::usual_capabilities(new.kind));
    let inputs = new.input_modalities.clone().unwrap_or_else(|| model::usual_inputs(&capabilities));
    let outputs = new.output_modalities.clone().unwrap_or_else(|| model::usual_outputs(new.kind));
    let parameters = new.supported_parameters.clone().unwrap_or_else(|| model::usual_parameters(new.kind));
    let done = sqlx::query(
        "insert into models (id, name, display_name, description, kind, context_length, max_output_tokens, \
         input_modalities, output_modalities, supported_parameters, capabilities, created_at, tasks) \
         select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13 \
         where not exists (select from routes where name = $2 and retired_at is null) on conflict on constraint models_name do nothing",
    )
    .bind(id.uuid())
    .bind(&new.name)
    .bind(new.display_name.as_deref().unwrap_or(&new.name))
    .bind(&new.description)
    .bind(new.kind.as_str())
    .bind(i32::try_from(new.context_length).unwrap_or(i32::MAX))
    .bind(new.max_output_tokens.map(|n| i32::try_from(n).unwrap_or(i32::MAX)))
    .bind(inputs)
    .bind(outputs)
    .bind(parameters)
    .bind(capabilities)
    .bind(now)
    .bind(Json(&new.tasks))
    .execute(tx.conn())
    .await?;
    Ok((done.rows_affected() == 1).then_some(id))
}

/// False when there is no such model.
pub async fn update(
    tx: &mut OperatorTx,
    id: ModelId,
    update: &UpdateModel,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let done = sqlx::query(
        "update models set display_name = coalesce($2, display_name), description = coalesce($3, description), \
         context_length = coalesce($4, context_length), max_output_tokens = coalesce($5, max_output_tokens), \
         retired_at = case when $6 is null then retired_at when $6 then coalesce(retired_at, $7) end, \
         input_modalities = coalesce($8, input_modalities), output_modalities = coalesce($9, output_modalities), \
         supported_parameters = coalesce($10, supported_parameters), capabilities = coalesce($11, capabilities), \
         tasks = coalesce($12, tasks) where id = $1",
    )
    .bind(id.uuid())
    .bind(&update.display_name)
    .bind(&update.description)
    .bind(update.context_length.map(|n| i32::try_from(n).unwrap_or(i32::MAX)))
    .bind(update.max_output_tokens.map(|n| i32::try_from(n).unwrap_or(i32::MAX)))
    .bind(update.retired)
    .bind(now)
    .bind(&update.input_modalities)
    .bind(&update.output_modalities)
    .bind(&update.supported_parameters)
    .bind(&update.capabilities)
    .bind(update.tasks.as_ref().map(Json))
    .execute(tx.conn())
    .await?;
    Ok(done.rows_affected() == 1)
}
