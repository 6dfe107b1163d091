//! `POST /api/generate`: one prompt, completed.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::time::Instant;

use super::{DEFAULT_NUM_CTX, lists::timestamp, request, write};
use crate::{
    call::{Arrival, Call},
    compose::{Prompt, Turn},
    deliver,
    failure::{Failure, Input, Wire},
    state::Sim,
};

#[derive(Deserialize)]
struct Body {
    model: String,
    #[serde(default)]
    prompt: String,
    #[serde(default)]
    system: String,
    #[serde(default)]
    images: Vec<String>,
    format: Option<Value>,
    #[serde(default)]
    options: request::Options,
    stream: Option<bool>,
    think: Option<Value>,
    logprobs: Option<bool>,
    #[serde(default)]
    top_logprobs: u32,
}

pub async fn generate(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| Wire::Ollama.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let began = Instant::now();
    let (call, body) = Call::arrive(arrival, Wire::Ollama).await?;
    let sim = call.sim.clone();
    let read = serde_json::from_slice::<Body>(&body).map_err(|error| error.to_string());
    let read = read.and_then(|body| prompt(&body, &sim).map(|prompt| (body, prompt)));
    let (body, prompt) = match read {
        Ok(read) => read,
        Err(message) => return Err(call.refuse_body(message)),
    };
    let context = body.options.num_ctx.unwrap_or(DEFAULT_NUM_CTX).min(sim.options.context);
    let (call, answer) = call.answer(&body.model, &prompt, Input::Prompt, context).await?;
    if body.prompt.is_empty() {
        // Only loads the model.
        let loaded = json!({
            "model": body.model, "created_at": timestamp(), "response": "", "done": true, "done_reason": "load",
        });
        return Ok(deliver::whole(call, loaded.to_string(), 0).await);
    }
    let writer = write::Writer {
        model: body.model,
        answer: &answer,
        began,
        pace: (sim.options.ttft_ms, sim.options.tokens_per_s),
        logprobs: body.logprobs.unwrap_or(false).then_some(body.top_logprobs),
        form: write::Form::Generate,
        context: sim.vocabulary.encode(&body.prompt).into_iter().map(|(id, _)| id).collect(),
    };
    Ok(if body.stream.unwrap_or(true) {
        deliver::streamed(call, writer.frames()).await
    } else {
        deliver::whole(call, writer.whole(), answer.completion_tokens()).await
    })
}

fn prompt(body: &Body, sim: &Sim) -> Result<Prompt, String> {
    let mut turns = Vec::new();
    if !body.system.is_empty() {
        turns.push(Turn { role: "system".to_owned(), text: body.system.clone() });
    }
    turns.push(Turn { role: "user".to_owned(), text: body.prompt.clone() });
    Ok(Prompt {
        turns,
        limit: body.options.limit(),
        stops: body.options.stop.clone().unwrap_or_default(),
        format: request::format(body.format.clone())?,
        reasoning: request::thinks(body.think.as_ref(), sim.options.reasoning, &body.model)?,
        images: body.images.len() as u64,
        ..Prompt::default()
    })
}
