//! Text Embeddings Inference: embeddings, reranking, classification, tokens, `/info`, health, metrics. It serves one
//! model of one kind, and refuses the other routes.

mod embed;
mod predict;
mod rerank;
mod server;
mod speech;
mod tokenize;

pub use speech::Speech;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};
use serde::de::DeserializeOwned;

use crate::{
    call::{Arrival, Call},
    failure::{Cause, Failure, Wire},
    openai::{self, BODY_LIMIT, beside},
    state::Sim,
};

/// Inputs that one call may have.
pub const MAX_CLIENT_BATCH: usize = 32;

pub fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/embed", post(embed::embed))
        .route("/similarity", post(embed::similarity))
        .route("/rerank", post(rerank::rerank))
        .route("/predict", post(predict::predict))
        .route("/v1/embeddings", post(openai::embed))
        .route("/embeddings", post(openai::embed))
        .merge(beside(
            Router::new()
                .route("/", get(server::health))
                .route("/health", get(server::health))
                .route("/ping", get(server::health))
                .route("/info", get(server::info))
                .route("/metrics", get(server::metrics))
                .route("/tokenize", post(tokenize::tokenize))
                .route("/decode", post(tokenize::decode)),
        ))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// Takes a call in and reads its body.
async fn take<B: DeserializeOwned>(arrival: Arrival) -> Result<(Call, B), Failure> {
    let (call, body) = Call::arrive(arrival, Wire::Tei).await?;
    match serde_json::from_slice(&body) {
        Ok(body) => Ok((call, body)),
        Err(error) => Err(call.refuse_body(error.to_string())),
    }
}

/// What is wrong with a batch of this size, if anything.
fn wrong_batch(size: usize, what: &str) -> Option<Failure> {
    if size == 0 {
        return Some(Failure::new(Cause::BadRequest, format!("`{what}` cannot be empty")));
    }
    (size > MAX_CLIENT_BATCH).then(|| {
        let message = format!("batch size {size} > maximum allowed batch size {MAX_CLIENT_BATCH}");
        Failure::new(Cause::BadRequest, message).status(422)
    })
}
