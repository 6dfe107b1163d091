//! Fields that a dialect does not know, on their way to chat.

use serde_json::Value;
use shared_chat::{ChatRequest, Rest};

use crate::Refused;

/// Chat's own words for what the dialects say in others: a caller that sends them mistook the surface.
const OF_CHAT: &[&str] = &[
    "functions",
    "function_call",
    "input",
    "max_completion_tokens",
    "max_tokens",
    "messages",
    "n",
    "response_format",
    "stream",
    "stream_options",
    "tool_choice",
    "tools",
];

/// Puts them into the chat request. What it has typed fields for goes there.
pub(crate) fn pass(rest: &Rest, chat: &mut ChatRequest) -> Result<(), Refused> {
    for (key, value) in rest.iter().filter(|(_, value)| !value.is_null()) {
        match key.as_str() {
            "stop" => chat.stop = Some(typed(key, value, "a string or an array of strings")?),
            "seed" => chat.seed = Some(typed(key, value, "an integer")?),
            "user" => chat.user = Some(typed(key, value, "a string")?),
            "temperature" => chat.temperature = Some(typed(key, value, "a number")?),
            "top_p" => chat.top_p = Some(typed(key, value, "a number")?),
            chats if OF_CHAT.contains(&chats) => {
                return Err(Refused::unsupported(
                    key.clone(),
                    "it belongs to /v1/chat/completions and has another name here, or none",
                ));
            }
            _ => {
                chat.rest.insert(key.clone(), value.clone());
            }
        }
    }
    Ok(())
}

fn typed<T: serde::de::DeserializeOwned>(key: &str, value: &Value, accepted: &str) -> Result<T, Refused> {
    serde_json::from_value(value.clone())
        .map_err(|_| Refused::wrong(key, crate::fields::shown(value), accepted))
}
