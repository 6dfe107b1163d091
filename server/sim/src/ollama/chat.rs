//! `POST /api/chat`.

use axum::response::Response;
use tokio::time::Instant;

use super::{DEFAULT_NUM_CTX, request, write};
use crate::{
    call::{Arrival, Call},
    deliver,
    failure::{Failure, Input, Wire},
};

pub async fn chat(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| Wire::Ollama.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let began = Instant::now();
    let (call, body) = Call::arrive(arrival, Wire::Ollama).await?;
    let sim = call.sim.clone();
    let request = match request::read(&body, sim.options.reasoning) {
        Ok(request) => request,
        Err(message) => return Err(call.refuse_body(message)),
    };
    let context = request.num_ctx.unwrap_or(DEFAULT_NUM_CTX).min(sim.options.context);
    let (call, answer) = call.answer(&request.model, &request.prompt, Input::Messages, context).await?;
    let writer = write::Writer {
        model: request.model,
        answer: &answer,
        began,
        pace: (sim.options.ttft_ms, sim.options.tokens_per_s),
        logprobs: request.logprobs,
        form: write::Form::Chat,
        context: vec![],
    };
    Ok(if request.stream {
        deliver::streamed(call, writer.frames()).await
    } else {
        deliver::whole(call, writer.whole(), answer.completion_tokens()).await
    })
}
