//! Ollama's own API, beside OpenAI's routes.

mod chat;
mod embed;
mod generate;
mod lists;
mod request;
mod speech;
mod style;
mod write;

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
};

/// Tokens of context when a call names none.
const DEFAULT_NUM_CTX: u64 = 4096;

pub fn routes() -> Router<Arc<Sim>> {
    openai::chats()
        .route("/v1/embeddings", post(openai::embed))
        .route("/api/chat", post(chat::chat))
        .route("/api/generate", post(generate::generate))
        .route("/api/embed", post(embed::embed))
        .route("/api/embeddings", post(embed::embed_one))
        .merge(openai::models())
        .merge(beside(
            Router::new()
                .route("/", get(async || "Ollama is running"))
                .route("/api/tags", get(lists::tags))
                .route("/api/ps", get(lists::ps))
                .route("/api/show", post(lists::show))
                .route("/api/version", get(lists::version)),
        ))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}
