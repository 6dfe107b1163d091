//! Anthropic's Messages, mapped onto chat. Source: Anthropic's API reference for Messages, version 2023-06-01.
//!
//! What chat lacks stays under Anthropic's names, for engines that know it: `top_k`, `thinking`, `cache_control` of a
//! block, and `thinking_blocks` of a message, where a block was signed. [`for_others`] takes out what others refuse.

mod blocks;
mod conversation;
mod count;
mod errors;
mod others;
mod refusals;
mod request;
mod stream;
mod thinking;
mod tools;
mod writer;

use serde_json::Value;
use shared_chat::{ChatRequest, Stop};

pub use count::{CountTokensRequest, CountTokensResponse};
pub use errors::{error_body, error_type, status};
pub use others::for_others;
pub use request::{InputMessage, MessagesRequest, TextOrBlocks};
pub use writer::Writer;

use crate::{Refused, passing};

/// The chat request that asks for the same.
pub fn to_chat(request: &MessagesRequest) -> Result<ChatRequest, Refused> {
    refusals::check(request)?;
    let mut chat = ChatRequest::new(request.model.clone(), conversation::messages(request)?);
    passing::pass(&request.rest, &mut chat)?;
    // That all thinking is kept needs nobody to be told.
    chat.rest.remove("context_management");
    chat.stream = request.stream;
    chat.max_completion_tokens = Some(request.max_tokens);
    chat.temperature = request.temperature.clone();
    chat.top_p = request.top_p.clone();
    chat.stop = request.stop_sequences.clone().filter(|texts| !texts.is_empty()).map(Stop::Many);
    let user = request.metadata.as_ref().and_then(|metadata| metadata.get("user_id"));
    chat.user = user.and_then(Value::as_str).map(str::to_owned);
    if let Some(top_k) = request.top_k {
        chat.rest.insert("top_k".to_owned(), top_k.into());
    }
    tools::convert(request, &mut chat)?;
    thinking::convert(request, &mut chat)?;
    Ok(chat)
}
