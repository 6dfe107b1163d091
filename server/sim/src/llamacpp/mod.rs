//! llama.cpp's server: OpenAI's routes with and without `/v1`, health, slots, properties, metrics, tokens, LoRAs.

mod embedding;
mod lora;
mod params;
mod server;
mod speech;
mod style;
mod tokenize;

pub use speech::Speech;
pub use style::STYLE;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    response::Response,
    routing::{get, post},
};
use http::{HeaderValue, header};

use crate::{
    failure::{Cause, Failure, Wire},
    openai::{self, BODY_LIMIT, beside},
    state::Sim,
    vllm::rerank,
};

pub fn routes() -> Router<Arc<Sim>> {
    openai::chats()
        .route("/chat/completions", post(openai::chat))
        .route("/v1/embeddings", post(openai::embed))
        .route("/embeddings", post(embedding::embed))
        .route("/embedding", post(embedding::embed))
        .route("/rerank", post(rerank))
        .route("/reranking", post(rerank))
        .route("/v1/rerank", post(rerank))
        .route("/v1/reranking", post(rerank))
        .merge(beside(
            Router::new()
                .route("/health", get(server::health))
                .route("/v1/health", get(server::health))
                .route("/models", get(server::models))
                .route("/v1/models", get(server::models))
                .route("/props", get(server::props))
                .route("/slots", get(server::slots))
                .route("/metrics", get(server::metrics))
                .route("/tokenize", post(tokenize::tokenize))
                .route("/detokenize", post(tokenize::detokenize))
                .route("/lora-adapters", get(lora::list).post(lora::scale)),
        ))
        .fallback(unknown)
        .layer(middleware::map_response(with_charset))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// A route that it has not.
async fn unknown() -> Response {
    Wire::Llamacpp.error(&Failure::new(Cause::NotFound, "File Not Found"))
}

/// It names the charset of all its JSON.
async fn with_charset(mut response: Response) -> Response {
    let json = HeaderValue::from_static("application/json");
    if let Some(kind) = response.headers_mut().get_mut(header::CONTENT_TYPE)
        && *kind == json
    {
        *kind = Wire::Llamacpp.json_type();
    }
    response
}
