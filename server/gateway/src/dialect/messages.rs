//! Anthropic's `POST /v1/messages`.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use dialects::messages::{MessagesRequest, Writer as Dialect, for_others, to_chat};
use engines::{EngineRequest, Labels, PrepareContext, Task, Unsupported, engine};
use serde_json::Value;
use shared_chat::{ChatRequest, Rest};
use snapshot::{Deployment, EngineKind};

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
    let request = Arc::new(request);
    let road = Road::Converted(Box::new(Asked(request.clone())));
    let parsed = Parsed::of(Endpoint::Messages, ModelRequest::Chat(Box::new(chat)), road)?;
    Ok(parsed.with_messages(request))
}

/// What a kind of engine is sent of a call that came in Anthropic's dialect.
///
/// One that speaks it gets the request as it came. Any other gets the chat without Anthropic's own fields. A server
/// outside that speaks OpenAI's dialect may be OpenAI's own, which has no `top_k`: it is refused by name, not dropped.
pub(crate) fn prepare(
    asked: &MessagesRequest,
    task: Task<'_>,
    deployment: &Deployment,
    context: &PrepareContext<'_>,
) -> Result<EngineRequest, Unsupported> {
    let Task::Chat(chat) = task else { return engine(deployment.engine).prepare(task, context) };
    if deployment.engine == EngineKind::Anthropic
        && let Some(body) = own_body(asked, chat)
    {
        return Ok(engines::messages(body, chat.wants_stream(), context));
    }
    let platform = deployment.engine == EngineKind::Openai && deployment.external;
    if platform && asked.top_k.is_some() {
        return Err(Unsupported {
            param: "top_k".to_owned(),
            reason: "is not available for this model: its engine does not know it".to_owned(),
        });
    }
    engine(deployment.engine).prepare(Task::Chat(&for_others(chat, platform)), context)
}

/// The request as it came, without what is for us alone. The limit is the chat's: it may be tighter by now.
fn own_body(asked: &MessagesRequest, chat: &ChatRequest) -> Option<Rest> {
    let Ok(Value::Object(mut body)) = serde_json::to_value(asked) else { return None };
    for ours in ["models", "provider"] {
        body.remove(ours);
    }
    if let Some(limit) = chat.output_limit() {
        body.insert("max_tokens".to_owned(), limit.into());
    }
    Some(body)
}

#[derive(Debug)]
struct Asked(Arc<MessagesRequest>);

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
