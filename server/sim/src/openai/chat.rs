//! `POST /v1/chat/completions`.

use axum::response::Response;

use super::{Labels, frames, request, request::ChatCall, whole, wire};
use crate::{
    call::{Arrival, Call},
    deliver,
    failure::{Failure, Input, Wire},
    wrong::Wrong,
};

pub async fn chat(arrival: Arrival) -> Response {
    let wire = wire(&arrival.sim);
    respond(arrival, wire).await.unwrap_or_else(|failure| wire.error(&failure))
}

async fn respond(arrival: Arrival, wire: Wire) -> Result<Response, Failure> {
    let id = call_id(&arrival, wire);
    let (call, body) = Call::arrive(arrival, wire).await?;
    let can_think = call.sim.options.reasoning;
    let context = call.sim.options.context;
    let read = request::read(&body, can_think, call.sim.most_choices());
    let request = match read.and_then(|request| vllm_takes(wire, context, request)) {
        Ok(request) => request,
        Err(wrong) => return Err(call.refuse_wrong(&wrong)),
    };
    let answered = call.answer(&request.model, &request.prompt, Input::Messages, context).await;
    let (call, answer) = match answered {
        Err(failure) if request.stream && wire.voice().refuses_in_stream(&failure) => {
            return Ok(deliver::refused(wire, &failure));
        }
        answered => answered?,
    };
    let labels = Labels::new(wire, wire.style().chat_id, id, request.model.clone());
    Ok(if request.stream {
        deliver::streamed(call, frames::write(&labels, &answer, &request)).await
    } else {
        let tokens = answer.completion_tokens() * u64::from(request.n);
        deliver::whole(call, whole::write(&labels, &answer, &request), tokens).await
    })
}

/// What vLLM refuses before it counts tokens.
fn vllm_takes(wire: Wire, context: u64, request: ChatCall) -> Result<ChatCall, Wrong> {
    match request.prompt.limit {
        _ if wire != Wire::Vllm => Ok(request),
        _ if request.prompt.turns.is_empty() => Err(Wrong::NoMessages),
        Some(given) if given > context => Err(Wrong::TooManyTokens { given, context }),
        _ => Ok(request),
    }
}

/// vLLM takes the caller's own id for a request; the others make one up.
pub fn call_id(arrival: &Arrival, wire: Wire) -> String {
    let named = arrival.headers.get("x-request-id").and_then(|id| id.to_str().ok()).map(str::to_owned);
    named.filter(|_| matches!(wire, Wire::Vllm | Wire::Nim)).unwrap_or_else(|| arrival.sim.unique())
}
