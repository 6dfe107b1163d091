//! OpenAI's completions as TGI writes them: `finish_reason` is an empty text until the end, and the last chunk is a
//! whole completion with usage.

use axum::response::Response;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{
    server::FINGERPRINT,
    token::{finish_reason, generated},
};
use crate::{
    call::{Arrival, Ask, Call},
    compose::{Answer, Prompt},
    deliver::{self, Frame},
    failure::{Cause, Failure, Input, Wire},
    models::ModelKind,
    state::since_epoch,
};

const WIRE: Wire = Wire::TgiOpenai;

#[derive(Deserialize)]
struct Body {
    model: Option<String>,
    prompt: Texts,
    #[serde(default)]
    stream: bool,
    max_tokens: Option<u64>,
    #[serde(default)]
    stop: Vec<String>,
    suffix: Option<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Texts {
    One(String),
    Many(Vec<String>),
}

pub async fn complete(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| WIRE.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = Call::arrive(arrival, WIRE).await?;
    let body: Body = match serde_json::from_slice(&body) {
        Ok(body) => body,
        Err(error) => return Err(call.refuse_body(error.to_string())),
    };
    if body.suffix.is_some() {
        let message = "Suffix is not supported and can be achieved by preprocessing the prompt.";
        return Err(call.refuse(Failure::new(Cause::BadRequest, message).status(422)));
    }
    let texts = match body.prompt {
        Texts::One(text) => vec![text],
        Texts::Many(texts) => texts,
    };
    let bare = |text| Prompt { limit: body.max_tokens, stops: body.stop.clone(), ..Prompt::bare(text) };
    let prompts: Vec<_> = texts.into_iter().map(bare).collect();
    let context = call.sim.options.context;
    let model = body.model.unwrap_or_default();
    let ask = Ask {
        model: &model,
        kind: ModelKind::Chat,
        input: Input::Prompt,
        tokens: prompts.iter().map(Prompt::tokens).max().unwrap_or(0),
        limit: body.max_tokens,
        context,
        images: 0,
    };
    let (call, admitted) = match call.admit(ask).await {
        Err(failure) if body.stream => return Ok(deliver::refused(WIRE, &failure)),
        admitted => admitted?,
    };
    let answers: Vec<_> =
        prompts.iter().map(|prompt| call.compose(prompt, &admitted, prompt.tokens(), context)).collect();
    let model = call.sim.base_model().to_owned();
    if body.stream {
        return Ok(deliver::streamed(call, frames(&model, &answers)).await);
    }
    let tokens = answers.iter().map(Answer::completion_tokens).sum();
    Ok(deliver::whole(call, whole(&model, &answers), tokens).await)
}

fn completion(model: &str, choices: Value, usage: Option<Value>) -> Value {
    let mut completion = json!({
        "object": "text_completion", "id": "", "created": since_epoch().as_secs(), "model": model,
        "system_fingerprint": FINGERPRINT, "choices": choices,
    });
    if let Some(usage) = usage {
        completion["usage"] = usage;
    }
    completion
}

fn usage<'a>(answers: impl IntoIterator<Item = &'a Answer>) -> Value {
    let (mut prompt, mut completion) = (0, 0);
    for answer in answers {
        prompt += answer.prompt_tokens;
        completion += answer.completion_tokens();
    }
    json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion})
}

fn whole(model: &str, answers: &[Answer]) -> String {
    let choice = |(index, answer): (usize, &Answer)| {
        let reason = match finish_reason(answer) {
            "eos_token" => "stop",
            other => other,
        };
        json!({"index": index, "text": generated(answer).concat(), "logprobs": null, "finish_reason": reason})
    };
    let choices: Vec<_> = answers.iter().enumerate().map(choice).collect();
    completion(model, json!(choices), Some(usage(answers))).to_string()
}

fn frames(model: &str, answers: &[Answer]) -> Vec<Frame> {
    let mut frames = Vec::new();
    for (index, answer) in answers.iter().enumerate() {
        let mut pieces = generated(answer);
        let counted = pieces.len();
        if finish_reason(answer) == "eos_token" {
            pieces.push("</s>".to_owned());
        }
        let last = pieces.len();
        for (at, piece) in pieces.into_iter().enumerate() {
            let end = at + 1 == last;
            // Streamed, the reason keeps its own name.
            let reason = if end { finish_reason(answer) } else { "" };
            let choice = json!({"index": index, "text": piece, "logprobs": null, "finish_reason": reason});
            let chunk = completion(model, json!([choice]), end.then(|| usage([answer])));
            let bytes = WIRE.frame(&chunk.to_string()).into();
            frames.push(Frame { bytes, tokens: u64::from(at < counted) });
        }
    }
    frames.push(Frame::plain(&b"data: [DONE]\n\n"[..]));
    frames
}
