use access::{OperatorPermit, Refusal, grants::UpdateModel};
use axum::body::Bytes;
use shared::ModelId;
use shared_api::catalog::Model;
use web::{Json, Path, Problem};

use crate::{store, tokenizer};

/// The largest `tokenizer.json` that is taken, in bytes; those of today's largest vocabularies have some 33 million.
pub const MAX_BYTES: usize = 48 << 20;

/// Gives a model its tokenizer: a `tokenizer.json` as the body. Prompts are counted by it before they are sent.
#[utoipa::path(
    put, path = "/api/v1/models/{model_id}/tokenizer", tag = "models", operation_id = "put_model_tokenizer",
    request_body(content = Object, content_type = "application/json", description = "A tokenizer.json of at most 48 MiB"),
    params(("model_id" = ModelId, Path)),
    responses((status = 200, body = Model), (status = 400, description = "The body is no tokenizer.json"), (status = 404), (status = 413))
)]
pub async fn put(
    permit: OperatorPermit<UpdateModel>,
    Path(id): Path<ModelId>,
    body: Result<Bytes, axum::extract::rejection::BytesRejection>,
) -> Result<Json<Model>, Refusal> {
    let too_large = |_| {
        let detail = format!("The body is larger than {MAX_BYTES} bytes, or it broke off.");
        Problem::new(shared::ErrorCode::BodyTooLarge, detail)
    };
    let body = body.map_err(too_large)?;
    let (sha256, body) =
        tokio::task::spawn_blocking(move || Ok::<_, Problem>((tokenizer::check(&body)?, body)))
            .await
            .map_err(|error| Problem::internal(&error))??;
    let now = permit.now();
    let mut tx = permit.begin().await?;
    let missing = || Problem::not_found("model");
    if !store::tokenizer::give(&mut tx, id, &sha256, &body, now).await? {
        return Err(missing().into());
    }
    let model = store::model::get(&mut tx, id, now).await?.ok_or_else(missing)?;
    tx.commit().await?;
    Ok(Json(model))
}
