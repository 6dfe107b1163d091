use access::{OperatorPermit, Refusal, grants::CreateModel as MayCreateModel};
use axum::extract::State;
use http::StatusCode;
use shared::ErrorCode;
use shared_api::catalog::{CreateModel, Model};
use web::{Json, Problem};

use crate::{CatalogState, model, store};

/// Makes a model known. Callers can name it once a deployment serves it and a grant lets them.
#[utoipa::path(
    post, path = "/api/v1/models", tag = "models", operation_id = "create_model", request_body = CreateModel,
    responses((status = 201, body = Model), (status = 400), (status = 409, description = "The name is taken"))
)]
pub async fn create(
    State(state): State<CatalogState>,
    permit: OperatorPermit<MayCreateModel>,
    Json(new): Json<CreateModel>,
) -> Result<(StatusCode, Json<Model>), Refusal> {
    model::check_new(&new)?;
    let now = permit.now();
    let mut tx = permit.begin().await?;
    let taken = || {
        Problem::new(
            ErrorCode::Conflict,
            format!("There is a model or route `{}` already. Choose another name.", new.name),
        )
    };
    let id = store::model::insert(&mut tx, &new, now).await?.ok_or_else(taken)?;
    if let Some(rates) = &new.price {
        store::price::insert(&mut tx, id, now, rates, now).await?;
    }
    if new.grant_all || state.grant_new_models_to_all {
        store::grant::to_all(&mut tx, id, now).await?;
    }
    let made = store::model::get(&mut tx, id, now).await?.ok_or_else(|| Problem::not_found("model"))?;
    tx.commit().await?;
    Ok((StatusCode::CREATED, Json(made)))
}
