//! `/generate`, `/generate_stream` and the `/` that is either.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::token::{end_token, finish_reason, generated, token};
use crate::{
    call::{Arrival, Call},
    compose::{Answer, Format, Prompt},
    deliver::{self, Frame},
    failure::{Failure, Input, Wire},
    openai::any_answer,
    state::Sim,
};

#[derive(Deserialize)]
struct Body {
    inputs: String,
    #[serde(default)]
    parameters: Parameters,
    #[serde(default)]
    stream: bool,
}

#[derive(Deserialize, Default)]
struct Parameters {
    max_new_tokens: Option<u64>,
    #[serde(default)]
    stop: Vec<String>,
    #[serde(default)]
    details: bool,
    #[serde(default)]
    decoder_input_details: bool,
    #[serde(default)]
    return_full_text: bool,
    best_of: Option<u32>,
    seed: Option<u64>,
    grammar: Option<Grammar>,
    adapter_id: Option<String>,
}

#[derive(Deserialize)]
struct Grammar {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    value: Value,
}

/// How the answer goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    Whole,
    Stream,
    /// As the body's `stream` says; a whole answer is a list of one.
    Compat,
}

pub async fn whole(arrival: Arrival) -> Response {
    respond(arrival, Form::Whole).await.unwrap_or_else(|failure| Wire::Tgi.error(&failure))
}

pub async fn stream(arrival: Arrival) -> Response {
    respond(arrival, Form::Stream).await.unwrap_or_else(|failure| Wire::Tgi.error(&failure))
}

pub async fn compat(arrival: Arrival) -> Response {
    respond(arrival, Form::Compat).await.unwrap_or_else(|failure| Wire::Tgi.error(&failure))
}

async fn respond(arrival: Arrival, form: Form) -> Result<Response, Failure> {
    let (call, body) = Call::arrive(arrival, Wire::Tgi).await?;
    let body: Body = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => return Err(call.refuse_body(error.to_string())),
    };
    let streams = form == Form::Stream || form == Form::Compat && body.stream;
    let answered = if let Some(message) = wrong(&body, streams) {
        Err(call.refuse_body(message.to_owned()))
    } else {
        let context = call.sim.options.context;
        let model = body.parameters.adapter_id.clone().unwrap_or_default();
        call.answer(&model, &prompt(&body), Input::Prompt, context).await
    };
    let (call, answer) = match answered {
        Err(failure) if streams => return Ok(deliver::refused(Wire::Tgi, &failure)),
        answered => answered?,
    };
    let sim = call.sim.clone();
    if streams {
        let frames = frames(&sim, &body, &answer);
        return Ok(deliver::streamed(call, frames).await);
    }
    let whole = body_of(&sim, &body, &answer);
    let whole = if form == Form::Compat { json!([whole]) } else { whole };
    Ok(deliver::whole(call, whole.to_string(), answer.completion_tokens()).await)
}

fn wrong(body: &Body, streams: bool) -> Option<&'static str> {
    if body.inputs.is_empty() {
        Some("`inputs` cannot be empty")
    } else if body.parameters.max_new_tokens == Some(0) {
        Some("`max_new_tokens` must be strictly positive")
    } else if streams && body.parameters.best_of.is_some_and(|best_of| best_of != 1) {
        Some("`best_of` != 1 is not supported when streaming tokens")
    } else if streams && body.parameters.decoder_input_details {
        Some("`decoder_input_details` == true is not supported when streaming tokens")
    } else {
        None
    }
}

fn prompt(body: &Body) -> Prompt {
    let format = match &body.parameters.grammar {
        Some(grammar) if grammar.kind == "json_schema" => {
            Format::Json(grammar.value.get("schema").cloned().unwrap_or_else(any_answer))
        }
        Some(grammar) if grammar.kind == "json" || grammar.kind == "json_object" => {
            Format::Json(grammar.value.clone())
        }
        _ => Format::Text,
    };
    Prompt {
        limit: body.parameters.max_new_tokens,
        stops: body.parameters.stop.clone(),
        format,
        ..Prompt::bare(body.inputs.clone())
    }
}

fn full_text(body: &Body, answer: &Answer) -> String {
    let before = if body.parameters.return_full_text { body.inputs.as_str() } else { "" };
    before.to_owned() + &generated(answer).concat()
}

fn body_of(sim: &Sim, body: &Body, answer: &Answer) -> Value {
    let mut whole = json!({"generated_text": full_text(body, answer)});
    if body.parameters.details || body.parameters.decoder_input_details {
        let prefill: Vec<_> = if body.parameters.decoder_input_details {
            sim.vocabulary
                .encode(&body.inputs)
                .into_iter()
                .map(|(id, text)| json!({"id": id, "text": text, "logprob": -1.0}))
                .collect()
        } else {
            vec![]
        };
        let tokens: Vec<_> = generated(answer).iter().map(|piece| token(sim, piece)).collect();
        whole["details"] = json!({
            "finish_reason": finish_reason(answer), "generated_tokens": answer.completion_tokens(),
            "seed": body.parameters.seed, "prefill": prefill, "tokens": tokens,
        });
    }
    whole
}

/// One event a token; the last one, which carries the whole text, is the end token where that ended it.
fn frames(sim: &Sim, body: &Body, answer: &Answer) -> Vec<Frame> {
    let reason = finish_reason(answer);
    let mut tokens: Vec<_> = generated(answer).iter().map(|piece| (token(sim, piece), 1)).collect();
    if reason == "eos_token" {
        tokens.push((end_token(), 0));
    }
    let last = tokens.len();
    let details = body.parameters.details.then(|| {
        json!({
            "finish_reason": reason, "generated_tokens": answer.completion_tokens(), "seed": body.parameters.seed,
            "input_length": answer.prompt_tokens,
        })
    });
    let event = |(at, (token, count)): (usize, (Value, u64))| {
        let mut event = json!({"index": at + 1, "token": token, "generated_text": null, "details": null});
        if at + 1 == last {
            event["generated_text"] = full_text(body, answer).into();
            event["details"] = json!(details);
        }
        Frame { bytes: Wire::Tgi.frame(&event.to_string()).into(), tokens: count }
    };
    tokens.into_iter().enumerate().map(event).collect()
}
