//! OpenAI's chat routes, as vLLM, Ollama and OpenAI itself serve them.

mod frames;
mod models;
mod request;
mod whole;

pub use request::any_answer;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{DefaultBodyLimit, OriginalUri, State},
    middleware,
    response::Response,
    routing::{get, post},
};
use bytes::Bytes;
use http::HeaderMap;

use crate::{
    call::{self, Call},
    deliver,
    failure::{Cause, Failure, Wire},
    options::Engine,
    socket::Breaker,
    state::{Sim, since_epoch},
};

/// Bytes of a body that are read.
pub const BODY_LIMIT: usize = 64 << 20;

pub fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/v1/chat/completions", post(chat))
        .merge(beside(
            Router::new().route("/v1/models", get(models::list)).route("/v1/models/{*id}", get(models::one)),
        ))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

/// Lets faults of the widest scope reach routes that are not chat calls.
pub fn beside(router: Router<Arc<Sim>>) -> Router<Arc<Sim>> {
    router.route_layer(middleware::from_fn(faulty))
}

async fn faulty(
    Extension(sim): Extension<Arc<Sim>>,
    Extension(breaker): Extension<Breaker>,
    request: axum::extract::Request,
    next: middleware::Next,
) -> Response {
    let wire = wire(&sim);
    if let Some(fault) = sim.faults.elsewhere() {
        if let Some(failure) = call::before_answer(&fault, wire, &breaker).await {
            return wire.error(&failure);
        }
        tokio::time::sleep(fault.delay()).await;
    }
    if request.uri().path().starts_with("/v1/") && !call::authorised(&sim, request.headers()) {
        return wire.error(&Failure::new(Cause::Unauthorized, "Unauthorized"));
    }
    next.run(request).await
}

/// How OpenAI's routes are written by this engine.
pub fn wire(sim: &Sim) -> Wire {
    match sim.options.engine {
        Engine::Vllm => Wire::Vllm,
        Engine::Openai | Engine::Ollama => Wire::Openai,
    }
}

/// What every frame and body of an answer repeats.
#[derive(Debug)]
struct Labels {
    wire: Wire,
    id: String,
    created: u64,
    model: String,
}

async fn chat(
    State(sim): State<Arc<Sim>>,
    Extension(breaker): Extension<Breaker>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let wire = wire(&sim);
    respond(sim, wire, breaker, uri.path(), headers, body)
        .await
        .unwrap_or_else(|failure| wire.error(&failure))
}

async fn respond(
    sim: Arc<Sim>,
    wire: Wire,
    breaker: Breaker,
    path: &str,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, Failure> {
    let named = headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    let unique = named.filter(|_| wire == Wire::Vllm).unwrap_or_else(|| sim.unique());
    let context = sim.options.context;
    let call = Call::arrive(sim, wire, breaker, (path, headers, body.clone())).await?;
    let request = match request::read(&body) {
        Ok(request) => request,
        Err(message) => return Err(call.refuse(Failure::new(Cause::BadRequest, message))),
    };
    let (call, answer) = call.answer(&request.model, &request.prompt, context).await?;
    let labels = Labels {
        wire,
        id: format!("chatcmpl-{unique}"),
        created: since_epoch().as_secs(),
        model: request.model,
    };
    Ok(if request.stream {
        let frames = frames::write(&labels, &answer, request.n, request.usage);
        deliver::streamed(call, frames).await
    } else {
        let tokens = answer.completion_tokens() * u64::from(request.n);
        deliver::whole(call, whole::write(&labels, &answer, request.n), tokens).await
    })
}
