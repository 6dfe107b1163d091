//! Text Generation Inference: its own routes and OpenAI's, health, `/info`, metrics, tokens. It serves one model.

mod chat;
mod completions;
mod generate;
mod server;
mod speech;
mod token;

pub use speech::Speech;

use std::sync::Arc;

use axum::{
    Router,
    extract::DefaultBodyLimit,
    routing::{get, post},
};

use crate::{
    openai::{self, BODY_LIMIT, beside},
    state::Sim,
};

pub fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/", post(generate::compat))
        .route("/generate", post(generate::whole))
        .route("/generate_stream", post(generate::stream))
        .route("/v1/chat/completions", post(chat::chat))
        .route("/v1/completions", post(completions::complete))
        .merge(openai::models())
        .merge(beside(
            Router::new()
                .route("/health", get(server::health))
                .route("/ping", get(server::health))
                .route("/info", get(server::info))
                .route("/metrics", get(server::metrics))
                .route("/tokenize", post(token::tokenize))
                .route("/chat_tokenize", post(token::chat_tokenize)),
        ))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
