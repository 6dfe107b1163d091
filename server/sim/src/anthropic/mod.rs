//! Anthropic's Messages API: `/v1/messages`, token counts, models.

mod models;
mod request;
mod speech;
mod write;

pub use speech::Speech;

use std::sync::Arc;

use axum::{
    Json, Router,
    extract::DefaultBodyLimit,
    response::{IntoResponse, Response},
    routing::{get, post},
};
use http::HeaderMap;
use serde_json::json;

use crate::{
    call::{Arrival, Call},
    deliver,
    failure::{Cause, Failure, Input, Wire},
    openai::{BODY_LIMIT, beside},
    state::Sim,
};

const WIRE: Wire = Wire::Anthropic;

pub fn routes() -> Router<Arc<Sim>> {
    Router::new()
        .route("/v1/messages", post(messages))
        .merge(beside(
            Router::new()
                .route("/v1/messages/count_tokens", post(count))
                .route("/v1/models", get(models::list))
                .route("/v1/models/{id}", get(models::one)),
        ))
        .layer(DefaultBodyLimit::max(BODY_LIMIT))
}

async fn messages(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| WIRE.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let versioned = versioned(&arrival.headers);
    let id = format!("msg_01{}", &arrival.sim.unique()[8..]);
    let (call, body) = Call::arrive(arrival, WIRE).await?;
    if let Err(failure) = versioned {
        return Err(call.refuse(failure));
    }
    let request = match request::read(&body, call.sim.options.reasoning) {
        Ok(request) => request,
        Err(message) => return Err(call.refuse_body(message)),
    };
    let Some(limit) = request.prompt.limit else {
        return Err(call.refuse_body("max_tokens: Field required".to_owned()));
    };
    if limit == 0 {
        return Err(call.refuse_body("max_tokens: must be greater than or equal to 1".to_owned()));
    }
    let context = call.sim.options.context;
    let (call, answer) = call.answer(&request.model, &request.prompt, Input::Messages, context).await?;
    let writer = write::Writer { id, model: &request.model, answer: &answer };
    Ok(if request.stream {
        deliver::streamed(call, writer.frames()).await
    } else {
        deliver::whole(call, writer.whole(), answer.completion_tokens()).await
    })
}

/// Every call must name the version of the API.
fn versioned(headers: &HeaderMap) -> Result<(), Failure> {
    if headers.contains_key("anthropic-version") {
        return Ok(());
    }
    Err(Failure::new(Cause::BadRequest, "anthropic-version: header is required"))
}

async fn count(arrival: Arrival) -> Response {
    if let Err(failure) = versioned(&arrival.headers) {
        return WIRE.error(&failure);
    }
    match request::read(&arrival.body, false) {
        Ok(request) => Json(json!({"input_tokens": request.prompt.tokens()})).into_response(),
        Err(message) => WIRE.error(&WIRE.voice().bad_request(message)),
    }
}
