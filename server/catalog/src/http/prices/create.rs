use access::{OperatorPermit, Refusal, grants::CreatePrice as MayCreatePrice};
use db::DbError;
use http::StatusCode;
use shared::ErrorCode;
use shared_api::catalog::{CreatePrice, Price};
use web::{Json, Problem};

use crate::{price, store};

/// Sets a model's price from a moment on. Calls that began before keep theirs.
#[utoipa::path(
    post, path = "/api/v1/prices", tag = "prices", operation_id = "create_price", request_body = CreatePrice,
    responses((status = 201, body = Price), (status = 400), (status = 409, description = "A price begins at that moment already"))
)]
pub async fn create(
    permit: OperatorPermit<MayCreatePrice>,
    Json(new): Json<CreatePrice>,
) -> Result<(StatusCode, Json<Price>), Refusal> {
    price::check_rates(&new.rates)?;
    let now = permit.now();
    let begins = price::begins(new.valid_from, now)?;
    let mut tx = permit.begin().await?;
    if store::model::get(&mut tx, new.model_id, now).await?.is_none() {
        return Err(Problem::field("model_id", "there is no such model").into());
    }
    if let Some(currency) = store::price::currency(&mut tx, new.model_id).await?
        && currency != new.rates.currency.as_str()
    {
        let message = format!("this model is priced in {currency}: one model has one currency");
        return Err(Problem::field("rates.currency", message).into());
    }
    let made = store::price::insert(&mut tx, new.model_id, begins, &new.rates, now).await.map_err(taken)?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(made)))
}

fn taken(error: DbError) -> Refusal {
    if error.constraint() == Some("prices_start") {
        Problem::new(ErrorCode::Conflict, "A price of this model begins at that very moment already.").into()
    } else {
        error.into()
    }
}
