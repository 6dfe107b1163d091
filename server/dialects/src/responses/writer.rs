//! The way back: a chat answer as a response.

use bytes::{BufMut, Bytes, BytesMut};
use serde_json::{Value, json};
use shared_chat::{ErrorObject, Usage, finish_reason};

use super::{
    Framing, Item, ResponsesRequest,
    echo::{Echo, Standing},
    events::{Events, Telling},
    items::{COMPLETED, IN_PROGRESS, INCOMPLETE, Shape},
    socket::socket_error,
};
use crate::{
    Labels, Unreadable,
    answer::Answer,
    assembly::{Assembly, Silent},
};

/// Writes one response: [`Writer::whole`], or [`Writer::begin`], [`Writer::chunk`]s and one of [`Writer::end`] and
/// [`Writer::error`].
#[derive(Debug)]
pub struct Writer {
    echo: Echo,
    shape: Shape,
    events: Events,
    answer: Assembly,
    completed_at: Option<i64>,
    /// The last block was cut short.
    cut: bool,
    over: bool,
}

impl Writer {
    pub fn new(request: &ResponsesRequest, labels: &Labels, framing: Framing) -> Self {
        let shape = Shape {
            stem: labels.stem().to_owned(),
            summary: request.wants_summary(),
            logprobs: request.wants_logprobs(),
            custom: request.custom_tools(),
        };
        Self {
            echo: Echo::new(request, labels),
            shape,
            events: Events::new(framing),
            answer: Assembly::new(labels.stem()),
            completed_at: None,
            cut: false,
            over: false,
        }
    }

    /// Whether the response says that it was kept, which is not the same as that it was asked.
    pub fn stored(&mut self, stored: bool) {
        self.echo.set("store", stored);
    }

    /// When the response was complete, in seconds since 1970. To be told before the end; null otherwise.
    pub fn completed_at(&mut self, seconds: i64) {
        self.completed_at = Some(seconds);
    }

    /// The response to an answer that is not streamed.
    pub fn whole(&mut self, chat: &[u8]) -> Result<Bytes, Unreadable> {
        let mut read = Answer::read(chat)?;
        let usage = read.usage.take();
        self.answer.add(read.choice().ok_or(Unreadable::Empty)?, &mut Silent);
        let standing = self.ending(usage);
        self.answer.end(self.cut, &mut Silent);
        self.over = true;
        let standing = Standing { output: self.items(COMPLETED), ..standing };
        Ok(self.echo.response(standing).to_string().into())
    }

    pub fn begin(&mut self, out: &mut BytesMut) {
        let response = self.echo.response(Standing { status: IN_PROGRESS, ..Standing::default() });
        self.events.emit("response.created", json!({"response": response.clone()}), out);
        self.events.emit("response.in_progress", json!({"response": response}), out);
    }

    /// One chunk of the chat answer; one that cannot be read is left out.
    pub fn chunk(&mut self, chat: &[u8], out: &mut BytesMut) {
        if let Some(choice) = Answer::read(chat).ok().and_then(Answer::choice) {
            let mut telling = Telling { shape: &self.shape, events: &mut self.events, out };
            self.answer.add(choice, &mut telling);
        }
    }

    /// The end of an answer that came whole, with what it took.
    pub fn end(&mut self, usage: Option<Usage>, out: &mut BytesMut) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        let standing = self.standing(usage, out);
        let kind = match standing.status {
            INCOMPLETE => "response.incomplete",
            "failed" => "response.failed",
            _ => "response.completed",
        };
        self.events.emit(kind, json!({"response": self.echo.response(standing)}), out);
    }

    /// The response to an answer that came whole, as its end will tell it. Items that are still open are closed first,
    /// which a stream hears; the end itself is yet to be told.
    pub fn finished(&mut self, usage: Option<Usage>, out: &mut BytesMut) -> Value {
        let standing = self.standing(usage, out);
        self.echo.response(standing)
    }

    fn standing(&mut self, usage: Option<Usage>, out: &mut BytesMut) -> Standing {
        let standing = self.ending(usage);
        self.close(out);
        Standing { output: self.items(COMPLETED), ..standing }
    }

    /// The end of an answer that broke off.
    pub fn error(&mut self, error: &ErrorObject, out: &mut BytesMut) {
        if std::mem::replace(&mut self.over, true) {
            return;
        }
        self.cut = true;
        self.close(out);
        match self.events.framing() {
            Framing::Sse => {
                let fields = json!({"code": error.code, "message": error.message, "param": error.param});
                self.events.emit("error", fields, out);
            }
            Framing::Lines => {
                out.put_slice(socket_error(status(error), error).to_string().as_bytes());
                out.put_u8(b'\n');
            }
        }
        let failed = json!({"code": code(error), "message": error.message});
        let standing = Standing {
            status: "failed",
            error: failed,
            output: self.items(COMPLETED),
            ..Standing::default()
        };
        self.events.emit("response.failed", json!({"response": self.echo.response(standing)}), out);
    }

    /// What the model said, for a response that goes on from this one.
    pub fn output(&self) -> Vec<Item> {
        self.items(COMPLETED).into_iter().map(Item::of).collect()
    }

    fn close(&mut self, out: &mut BytesMut) {
        let mut telling = Telling { shape: &self.shape, events: &mut self.events, out };
        self.answer.end(self.cut, &mut telling);
    }

    /// How the response stands at its end; only its output is still missing.
    fn ending(&mut self, usage: Option<Usage>) -> Standing {
        let (status, incomplete, error) = match self.answer.finish.as_deref() {
            Some(finish_reason::LENGTH) => (INCOMPLETE, Some("max_output_tokens"), Value::Null),
            Some("content_filter") => (INCOMPLETE, Some("content_filter"), Value::Null),
            Some(finish_reason::ERROR) => {
                ("failed", None, json!({"code": "server_error", "message": "the answer broke off"}))
            }
            _ => (COMPLETED, None, Value::Null),
        };
        self.cut = status != COMPLETED;
        let completed_at = self.completed_at.filter(|_| status == COMPLETED);
        Standing { status, incomplete, error, output: Vec::new(), usage, completed_at }
    }

    fn items(&self, status: &str) -> Vec<Value> {
        let blocks = &self.answer.blocks;
        let of = |(index, block)| {
            let last = index + 1 == blocks.len();
            self.shape.item(index, block, if self.cut && last { INCOMPLETE } else { status })
        };
        blocks.iter().enumerate().map(of).collect()
    }
}

/// The one of OpenAI's codes of a failed response that fits.
fn code(error: &ErrorObject) -> &'static str {
    match error.kind.as_str() {
        "rate_limit_error" => "rate_limit_exceeded",
        "invalid_request_error" => "invalid_prompt",
        _ => "server_error",
    }
}

/// A status for an error that comes without one.
fn status(error: &ErrorObject) -> u16 {
    match error.kind.as_str() {
        "invalid_request_error" => 400,
        "authentication_error" => 401,
        "permission_error" => 403,
        "rate_limit_error" => 429,
        "overloaded_error" => 503,
        "timeout_error" => 504,
        _ => 500,
    }
}
