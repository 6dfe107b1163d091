//! OpenAI's routes, as OpenAI itself and the engines that follow it serve them. Where those differ is told by each
//! engine's [`Style`] and its [`crate::failure::Voice`].

mod chat;
mod completions;
mod embeddings;
mod frames;
mod logprobs;
mod models;
mod request;
mod speech;
mod style;
mod whole;

pub use chat::chat;
pub use completions::complete;
pub use embeddings::{admit_texts, embed, vector, wrong_dimensions};
pub use logprobs::chat_entry;
pub use request::{ChatCall, any_answer, read};
pub use speech::Speech;
pub use style::{NoUsage, Place, Style, ToolFrames, Usage, content, thoughts};
pub use whole::extend;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::DefaultBodyLimit,
    middleware,
    response::Response,
    routing::{get, post},
};

use crate::{
    call,
    failure::Wire,
    options::Engine,
    socket::Breaker,
    state::{Sim, since_epoch},
    vllm,
};

/// Bytes of a body that are read.
pub const BODY_LIMIT: usize = 64 << 20;

/// What OpenAI serves.
pub fn routes() -> Router<Arc<Sim>> {
    chats()
        .route("/v1/embeddings", post(embed))
        // Not OpenAI's, but many servers that follow it have it, in Jina's form.
        .route("/v1/rerank", post(vllm::rerank))
        .merge(models())
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// Chats and completions.
pub fn chats() -> Router<Arc<Sim>> {
    Router::new().route("/v1/chat/completions", post(chat)).route("/v1/completions", post(complete))
}

pub fn models() -> Router<Arc<Sim>> {
    beside(Router::new().route("/v1/models", get(models::list)).route("/v1/models/{*id}", get(models::one)))
}

/// Lets faults of the widest scope reach routes that do no model's work.
pub fn beside(router: Router<Arc<Sim>>) -> Router<Arc<Sim>> {
    router.route_layer(middleware::from_fn(faulty))
}

async fn faulty(
    Extension(sim): Extension<Arc<Sim>>,
    Extension(breaker): Extension<Breaker>,
    request: axum::extract::Request,
    next: middleware::Next,
) -> Response {
    let path = request.uri().path();
    let wire = if path.starts_with("/api/") { Wire::Ollama } else { wire(&sim) };
    if let Some(fault) = sim.faults.elsewhere() {
        if let Some(failure) = call::before_answer(&fault, wire, &breaker).await {
            return wire.error(&failure);
        }
        tokio::time::sleep(fault.delay()).await;
    }
    let open = path.contains("/health") || path.contains("/metrics");
    if path.starts_with("/v1/") && !open && !call::authorised(&sim, request.headers()) {
        return wire.error(&wire.voice().unauthorized());
    }
    next.run(request).await
}

/// How OpenAI's routes are written by this engine.
pub fn wire(sim: &Sim) -> Wire {
    match sim.options.engine {
        Engine::Vllm => Wire::Vllm,
        Engine::Sglang => Wire::Sglang,
        Engine::Ollama => Wire::OllamaOpenai,
        Engine::Tgi => Wire::TgiOpenai,
        Engine::Nim => Wire::Nim,
        Engine::Llamacpp => Wire::Llamacpp,
        Engine::Tei => Wire::TeiOpenai,
        Engine::Openai => Wire::Openai,
        Engine::Anthropic => Wire::Anthropic,
    }
}

/// What every frame and body of an answer repeats.
#[derive(Debug)]
pub struct Labels {
    pub wire: Wire,
    pub id: String,
    pub created: u64,
    pub model: String,
}

impl Labels {
    fn new(wire: Wire, prefix: &str, id: String, model: String) -> Self {
        Self { wire, id: format!("{prefix}{id}"), created: since_epoch().as_secs(), model }
    }

    /// The id of the answer's tool call at this position.
    fn tool_id(&self, position: usize) -> String {
        let unique = self.id.rsplit('-').next().unwrap_or_default();
        let short: String = unique.chars().rev().take(16).collect::<Vec<_>>().into_iter().rev().collect();
        format!("{}{short}{position:02x}", self.wire.style().tool_id)
    }
}
