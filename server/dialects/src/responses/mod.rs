//! OpenAI's Responses, mapped onto chat. Source: OpenAI's OpenAPI document 2.3.0, `CreateResponse`, `Response` and
//! `ResponseStreamEvent`.
//!
//! The conversation before `previous_response_id` is the caller's of this crate: it gives its items as `history`, and
//! after an answer keeps `request.input` and [`Writer::output`] if the call is to be continued.

mod conversation;
mod custom;
mod echo;
mod events;
mod input;
mod items;
mod listed;
mod parts;
mod reasoning;
mod refusals;
mod request;
mod socket;
mod tools;
mod writer;

use shared_chat::ChatRequest;

pub use events::Framing;
pub(crate) use events::write_sse;
pub use input::{Input, Item};
pub use request::{InputTokens, ResponsesRequest};
pub use socket::{client_event, socket_error};
pub use writer::Writer;

use crate::{Refused, passing};

/// The chat request that asks for the same. `history` are the items before the request's own.
pub fn to_chat(request: &ResponsesRequest, history: &[Item]) -> Result<ChatRequest, Refused> {
    refusals::check(request)?;
    let mut chat = ChatRequest::new(request.model.clone(), conversation::messages(request, history)?);
    passing::pass(&request.rest, &mut chat)?;
    chat.stream = request.stream;
    chat.max_completion_tokens = request.max_output_tokens;
    chat.temperature = request.temperature.clone().or(chat.temperature);
    chat.top_p = request.top_p.clone().or(chat.top_p);
    chat.user = request.user.clone();
    let (tools, choice) = tools::convert(request)?;
    chat.tools = tools;
    chat.tool_choice = choice;
    if let Some(parallel) = request.parallel_tool_calls.filter(|_| chat.tools.is_some()) {
        chat.rest.insert("parallel_tool_calls".to_owned(), parallel.into());
    }
    reasoning::text(request, &mut chat)?;
    reasoning::effort(request, &mut chat)?;
    if request.wants_logprobs() {
        chat.rest.insert("logprobs".to_owned(), true.into());
    }
    if let Some(top) = request.top_logprobs {
        chat.rest.insert("top_logprobs".to_owned(), top.into());
    }
    Ok(chat)
}
