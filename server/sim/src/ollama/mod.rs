//! Ollama's own API.

mod lists;
mod request;
mod write;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, OriginalUri, State},
    response::Response,
    routing::{get, post},
};
use bytes::Bytes;
use http::HeaderMap;
use tokio::time::Instant;

use crate::{
    call::Call,
    deliver,
    failure::{Cause, Failure, Wire},
    openai::{BODY_LIMIT, beside},
    socket::Breaker,
    state::Sim,
};

/// Tokens of context when a call names none.
const DEFAULT_NUM_CTX: u64 = 4096;

pub fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/api/chat", post(chat))
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

async fn chat(
    State(sim): State<Arc<Sim>>,
    Extension(breaker): Extension<Breaker>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let arrived = (uri.path(), headers, body);
    respond(sim, breaker, arrived).await.unwrap_or_else(|failure| Wire::Ollama.error(&failure))
}

async fn respond(
    sim: Arc<Sim>,
    breaker: Breaker,
    (path, headers, body): (&str, HeaderMap, Bytes),
) -> Result<Response, Failure> {
    let began = Instant::now();
    let most = sim.options.context;
    let call = Call::arrive(sim.clone(), Wire::Ollama, breaker, (path, headers, body.clone())).await?;
    let request = match request::read(&body) {
        Ok(request) => request,
        Err(message) => return Err(call.refuse(Failure::new(Cause::BadRequest, message))),
    };
    let context = request.num_ctx.unwrap_or(DEFAULT_NUM_CTX).min(most);
    let (call, answer) = call.answer(&request.model, &request.prompt, context).await?;
    let writer =
        write::Writer::new(request.model, &answer, began, (sim.options.ttft_ms, sim.options.tokens_per_s));
    Ok(if request.stream {
        deliver::streamed(call, writer.frames()).await
    } else {
        deliver::whole(call, writer.whole(), answer.completion_tokens()).await
    })
}
