//! Prices.

use chrono::{DateTime, Utc};
use db::{DbError, OperatorTx};
use rust_decimal::Decimal;
use shared::{ModelId, PriceId};
use shared_api::catalog::{Price, PriceRates};
use sqlx::{FromRow, Row, postgres::PgRow};
use uuid::Uuid;

pub struct PriceRow(pub Price);

impl FromRow<'_, PgRow> for PriceRow {
    fn from_row(row: &PgRow) -> Result<Self, sqlx::Error> {
        let currency: String = row.try_get("currency")?;
        Ok(Self(Price {
            id: PriceId::from_uuid(row.try_get("price_id")?),
            model_id: ModelId::from_uuid(row.try_get("model_id")?),
            valid_from: row.try_get("valid_from")?,
            currency: currency.parse().map_err(|error| sqlx::Error::Decode(Box::new(error)))?,
            prompt: row.try_get::<Decimal, _>("prompt")?.normalize(),
            cached_prompt: row.try_get::<Decimal, _>("cached_prompt")?.normalize(),
            completion: row.try_get::<Decimal, _>("completion")?.normalize(),
            request: row.try_get::<Decimal, _>("request")?.normalize(),
        }))
    }
}

pub async fn list(
    tx: &mut OperatorTx,
    model: Option<ModelId>,
    after: Option<PriceId>,
    rows: i64,
) -> Result<Vec<Price>, DbError> {
    let found: Vec<PriceRow> = sqlx::query_as(
        "select id as price_id, model_id, valid_from, currency, prompt, cached_prompt, completion, request from prices \
         where ($1::uuid is null or model_id = $1) and ($2::uuid is null or id < $2) order by id desc limit $3",
    )
    .bind(model.map(ModelId::uuid))
    .bind(after.map(PriceId::uuid))
    .bind(rows)
    .fetch_all(tx.conn())
    .await?;
    Ok(found.into_iter().map(|row| row.0).collect())
}

/// The currency of a model's prices so far: one model is priced in one currency.
pub async fn currency(tx: &mut OperatorTx, model: ModelId) -> Result<Option<String>, DbError> {
    Ok(sqlx::query_scalar("select currency from prices where model_id = $1 limit 1")
        .bind(model.uuid())
        .fetch_optional(tx.conn())
        .await?)
}

pub async fn insert(
    tx: &mut OperatorTx,
    model: ModelId,
    valid_from: DateTime<Utc>,
    rates: &PriceRates,
    now: DateTime<Utc>,
) -> Result<Price, DbError> {
    let id: Uuid = PriceId::generate().uuid();
    let row: PriceRow = sqlx::query_as(
        "insert into prices (id, model_id, valid_from, currency, prompt, cached_prompt, completion, request, created_at) \
         values ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
         returning id as price_id, model_id, valid_from, currency, prompt, cached_prompt, completion, request",
    )
    .bind(id)
    .bind(model.uuid())
    .bind(valid_from)
    .bind(rates.currency.as_str())
    .bind(rates.prompt)
    .bind(rates.cached_prompt.unwrap_or(rates.prompt))
    .bind(rates.completion)
    .bind(rates.request)
    .bind(now)
    .fetch_one(tx.conn())
    .await?;
    Ok(row.0)
}
