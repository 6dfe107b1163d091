//! OpenAI's `/v1/responses`, by REST and, a turn at a time, by WebSocket.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use dialects::responses::{Framing, Item, ResponsesRequest, Writer as Dialect, to_chat};
use engines::Labels;
use parking_lot::Mutex;
use serde_json::value::RawValue;
use shared::ErrorCode;
use snapshot::Project;

use super::{add_cost, unreadable, usage};
use crate::{
    error::CallError,
    memory::{Kept, Memory},
    parsed::Parsed,
    refusals,
    request::ModelRequest,
    road::{Bill, Convert, Road, Writer},
    surface::Endpoint,
};

/// The last response of a WebSocket's connection.
pub(crate) type Latest = Arc<Mutex<Option<Kept>>>;

/// A request as it came, with all that its answer needs of its surroundings.
#[derive(Debug)]
pub(crate) struct Turn {
    pub(crate) request: ResponsesRequest,
    pub(crate) framing: Framing,
    /// The items before the request's own.
    pub(crate) history: Vec<Item>,
    /// Where the connection's last response is put.
    pub(crate) latest: Option<Latest>,
    /// When it began, in seconds since 1970.
    pub(crate) at: i64,
}

impl Turn {
    /// The chat that asks for the same. `store` is false unless the project opted in.
    pub(crate) fn parse(mut self, project: &Project) -> Result<Parsed, CallError> {
        if self.request.store == Some(true) && !project.store_responses {
            return Err(CallError::field(
                ErrorCode::UnsupportedField,
                "store",
                "`store` is true, but this key's project does not keep responses. Leave it out or send false, or have \
                 the project's setting changed.",
            ));
        }
        self.request.store = Some(self.request.store.unwrap_or(project.store_responses));
        let chat = to_chat(&self.request, &self.history)?;
        refusals::chat::check(&chat)?;
        let road = Road::Converted(Box::new(self));
        Parsed::of(Endpoint::Responses, ModelRequest::Chat(Box::new(chat)), road)
    }
}

impl Convert for Turn {
    fn writer(self: Box<Self>, labels: &Labels) -> Box<dyn Writer> {
        let labels = super::labels(labels);
        let mut dialect = Dialect::new(&self.request, &labels, self.framing);
        dialect.completed_at(self.at.max(labels.created));
        Box::new(Response { dialect, labels, turn: *self })
    }
}

/// Whoever goes on from a response that is not there.
pub(crate) fn no_previous(id: &str) -> CallError {
    let shown: String = id.chars().take(80).collect();
    CallError::field(
        ErrorCode::PreviousResponseNotFound,
        "previous_response_id",
        format!(
            "There is no response `{shown}` to go on from: it was not stored, has expired, or is another project's. \
             Send the whole conversation in `input`."
        ),
    )
}

#[derive(Debug)]
struct Response {
    dialect: Dialect,
    labels: dialects::Labels,
    turn: Turn,
}

impl Response {
    fn kept(&self) -> Kept {
        let mut items = self.turn.history.clone();
        items.extend(self.turn.request.items());
        let input = items.len();
        items.extend(self.dialect.output());
        Kept { id: self.labels.id.clone(), items, input, response: None }
    }

    /// The response as its end tells it.
    fn told(&mut self, bill: &Bill, out: &mut BytesMut) -> Option<Box<RawValue>> {
        let whole = self.dialect.finished(usage(bill), out).to_string();
        let mut text = BytesMut::from(whole.as_str());
        add_cost(&mut text, 0, bill);
        serde_json::from_slice(&text).ok()
    }
}

impl Writer for Response {
    fn whole(&mut self, json: &[u8], bill: &Bill) -> Result<Bytes, CallError> {
        let whole = self.dialect.whole(json).map_err(|error| unreadable(&error))?;
        let mut out = BytesMut::from(whole.as_ref());
        add_cost(&mut out, 0, bill);
        Ok(out.freeze())
    }

    fn begin(&mut self, out: &mut BytesMut) {
        self.dialect.begin(out);
    }

    fn chunk(&mut self, json: &[u8], out: &mut BytesMut) {
        self.dialect.chunk(json, out);
    }

    fn end(&mut self, bill: &Bill, out: &mut BytesMut) {
        let from = out.len();
        self.dialect.end(usage(bill), out);
        add_cost(out, from, bill);
        if let Some(latest) = &self.turn.latest {
            *latest.lock() = Some(self.kept());
        }
    }

    fn error(&mut self, error: &CallError, out: &mut BytesMut) {
        self.dialect.error(&error.object(), out);
    }

    fn memory(&mut self, bill: &Bill, out: &mut BytesMut) -> Option<Memory> {
        if self.turn.request.store != Some(true) {
            return None;
        }
        let response = self.told(bill, out);
        Some(Memory::new(Kept { response, ..self.kept() }))
    }

    fn forgotten(&mut self) {
        self.dialect.stored(false);
    }
}
