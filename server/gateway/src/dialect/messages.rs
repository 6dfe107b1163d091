//! Anthropic's `POST /v1/messages`.

use bytes::{Bytes, BytesMut};
use dialects::messages::{MessagesRequest, Writer as Dialect, to_chat};
use engines::Labels;

use super::{add_cost, unreadable, usage};
use crate::{
    error::CallError,
    intake,
    parsed::Parsed,
    refusals,
    request::ModelRequest,
    road::{Bill, Convert, Road, Writer},
    surface::Endpoint,
};

pub(crate) fn read(body: &[u8]) -> Result<Parsed, CallError> {
    let request: MessagesRequest = intake::json(body, "`model`, `max_tokens` and `messages`")?;
    let chat = to_chat(&request)?;
    refusals::chat::check(&chat)?;
    let road = Road::Converted(Box::new(Asked(Box::new(request))));
    Parsed::of(Endpoint::Messages, ModelRequest::Chat(Box::new(chat)), road)
}

#[derive(Debug)]
struct Asked(Box<MessagesRequest>);

impl Convert for Asked {
    fn writer(self: Box<Self>, labels: &Labels) -> Box<dyn Writer> {
        Box::new(Message(Dialect::new(&self.0, &super::labels(labels))))
    }
}

#[derive(Debug)]
struct Message(Dialect);

impl Writer for Message {
    fn whole(&mut self, json: &[u8], bill: &Bill) -> Result<Bytes, CallError> {
        let whole = self.0.whole(json).map_err(|error| unreadable(&error))?;
        let mut out = BytesMut::from(whole.as_ref());
        add_cost(&mut out, 0, bill);
        Ok(out.freeze())
    }

    fn begin(&mut self, out: &mut BytesMut) {
        self.0.begin(out);
    }

    fn chunk(&mut self, json: &[u8], out: &mut BytesMut) {
        self.0.chunk(json, out);
    }

    fn end(&mut self, bill: &Bill, out: &mut BytesMut) {
        let from = out.len();
        self.0.end(usage(bill), out);
        add_cost(out, from, bill);
    }

    fn error(&mut self, error: &CallError, out: &mut BytesMut) {
        self.0.error(&error.object(), out);
    }
}
