//! SGLang: OpenAI's routes, health, what it says of itself, metrics, tokens, reranking, LoRAs.

mod lora;
mod rerank;
mod server;
mod speech;
mod style;

pub use speech::Speech;
pub use style::STYLE;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::{
    openai::{self, BODY_LIMIT, beside},
    state::Sim,
    vllm::{classify, detokenize, tokenize},
};

pub fn routes() -> Router<Arc<Sim>> {
    openai::chats()
        .route("/v1/embeddings", post(openai::embed))
        .route("/v1/rerank", post(rerank::rerank))
        .route("/v1/classify", post(classify))
        .merge(openai::models())
        .merge(beside(
            Router::new()
                .route("/", get(async || "SGLang is running"))
                .route("/ready", get(server::health))
                .route("/health", get(server::health))
                .route("/health_generate", get(server::health))
                .route("/model_info", get(server::model))
                .route("/get_model_info", get(server::model))
                .route("/server_info", get(server::server))
                .route("/get_server_info", get(server::server))
                .route("/metrics", get(server::metrics))
                .route("/tokenize", post(tokenize))
                .route("/v1/tokenize", post(tokenize))
                .route("/detokenize", post(detokenize))
                .route("/v1/detokenize", post(detokenize))
                .route("/load_lora_adapter", post(lora::load))
                .route("/unload_lora_adapter", post(lora::unload)),
        ))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
