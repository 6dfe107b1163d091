//! OpenAI's chat as TGI writes it: no ids, a role in every delta, at most one tool call, whose stream never tells a
//! `finish_reason` (`router/src/chat.rs`).

use axum::response::Response;
use serde_json::{Value, json};

use super::{
    server::FINGERPRINT,
    token::{finish_reason, generated},
};
use crate::{
    call::{Arrival, Call},
    compose::{Answer, ToolUse},
    deliver::{self, Frame},
    failure::{Failure, Input, Wire},
    openai::{self, ChatCall, chat_entry},
    state::since_epoch,
};

const WIRE: Wire = Wire::TgiOpenai;

pub async fn chat(arrival: Arrival) -> Response {
    respond(arrival).await.unwrap_or_else(|failure| WIRE.error(&failure))
}

async fn respond(arrival: Arrival) -> Result<Response, Failure> {
    let (call, body) = Call::arrive(arrival, WIRE).await?;
    let mut request = match openai::read(&body, call.sim.options.reasoning, call.sim.most_choices()) {
        Ok(request) => request,
        Err(wrong) => return Err(call.refuse_wrong(&wrong)),
    };
    request.prompt.one_tool = true;
    let context = call.sim.options.context;
    let answered = call.answer(&request.model, &request.prompt, Input::Messages, context).await;
    let (call, answer) = match answered {
        Err(failure) if request.stream => return Ok(deliver::refused(WIRE, &failure)),
        answered => answered?,
    };
    let model = match request.model.as_str() {
        "" | "tgi" => call.sim.base_model().to_owned(),
        named => named.to_owned(),
    };
    let writer = Writer { model, answer: &answer, request: &request };
    Ok(if request.stream {
        deliver::streamed(call, writer.frames()).await
    } else {
        deliver::whole(call, writer.whole(), answer.completion_tokens()).await
    })
}

struct Writer<'a> {
    model: String,
    answer: &'a Answer,
    request: &'a ChatCall,
}

impl Writer<'_> {
    /// `eos_token` is told as `stop`; `stop_sequence` stays what it is.
    fn finish(&self) -> &'static str {
        match finish_reason(self.answer) {
            "eos_token" => "stop",
            other => other,
        }
    }

    fn usage(&self) -> Value {
        let (prompt, completion) = (self.answer.prompt_tokens, self.answer.completion_tokens());
        json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion})
    }

    fn logprobs(&self, pieces: &[String]) -> Value {
        let Some(top) = self.request.logprobs else { return Value::Null };
        let entries: Vec<_> = pieces.iter().map(|piece| chat_entry(WIRE, piece, top)).collect();
        json!({"content": entries})
    }

    fn whole(&self) -> String {
        let pieces = generated(self.answer);
        let message = match self.answer.tools().first() {
            None => json!({"role": "assistant", "content": pieces.concat()}),
            Some(tool) => json!({"role": "assistant", "tool_calls": [{
                "id": "0", "type": "function",
                "function": {"description": null, "name": tool.name, "arguments": tool.json.text},
            }]}),
        };
        json!({
            "object": "chat.completion", "id": "", "created": since_epoch().as_secs(), "model": self.model,
            "system_fingerprint": FINGERPRINT,
            "choices": [{"index": 0, "message": message, "logprobs": self.logprobs(&pieces),
                         "finish_reason": self.finish()}],
            "usage": self.usage(),
        })
        .to_string()
    }

    fn frames(&self) -> Vec<Frame> {
        let mut frames = match self.answer.tools().first() {
            Some(tool) => self.tool_frames(tool),
            None => self.text_frames(),
        };
        if self.request.usage.at_end {
            frames.push(self.frame(json!([]), self.usage(), 0));
        }
        frames.push(Frame::plain(&b"data: [DONE]\n\n"[..]));
        frames
    }

    fn text_frames(&self) -> Vec<Frame> {
        let mut pieces = generated(self.answer);
        let (ended, counted) = (self.finish() == "stop", pieces.len());
        if ended {
            // The end token, whose text is not shown.
            pieces.push(String::new());
        }
        let last = pieces.len();
        let frame = |(at, piece): (usize, &String)| {
            let finish = (at + 1 == last).then(|| self.finish());
            let choice = json!({
                "index": 0, "delta": {"role": "assistant", "content": piece},
                "logprobs": self.logprobs(std::slice::from_ref(piece)), "finish_reason": finish,
            });
            self.frame(json!([choice]), Value::Null, u64::from(at < counted))
        };
        pieces.iter().enumerate().map(frame).collect()
    }

    fn tool_frames(&self, tool: &ToolUse) -> Vec<Frame> {
        let frame = |(at, piece): (usize, &str)| {
            let name = (at == 0).then_some(tool.name.as_str());
            let call = json!({"index": 0, "id": "0", "type": "function", "function": {"name": name, "arguments": piece}});
            let choice = json!({
                "index": 0, "delta": {"role": "assistant", "tool_calls": [call]}, "logprobs": null,
                "finish_reason": null,
            });
            self.frame(json!([choice]), Value::Null, 1)
        };
        tool.json.iter().enumerate().map(frame).collect()
    }

    fn frame(&self, choices: Value, usage: Value, tokens: u64) -> Frame {
        let chunk = json!({
            "object": "chat.completion.chunk", "id": "", "created": since_epoch().as_secs(), "model": self.model,
            "system_fingerprint": FINGERPRINT, "choices": choices, "usage": usage,
        });
        Frame { bytes: WIRE.frame(&chunk.to_string()).into(), tokens }
    }
}
