//! A chat that was made of Messages, for engines that speak another dialect.
//!
//! What stays under Anthropic's names would be refused by a strict server, and says nothing that chat does not say too:
//! `thinking` is `reasoning_effort` as well, a block that was signed is `reasoning_content`, and `cache_control` is a hint
//! about prices of Anthropic's.

use serde_json::Value;
use shared_chat::{ChatRequest, Content, Rest};

const OWN: &[&str] = &["cache_control", "thinking", "thinking_blocks"];
/// Engines that run models know these; OpenAI's platform refuses them.
const OF_ENGINES: &[&str] = &["reasoning_content"];

/// The same chat without what only an engine of Anthropic's dialect knows. `platform`: nor what OpenAI's own platform
/// refuses, as servers outside may.
pub fn for_others(chat: &ChatRequest, platform: bool) -> ChatRequest {
    let mut chat = chat.clone();
    strip(&mut chat.rest);
    for message in &mut chat.messages {
        strip(&mut message.rest);
        if platform {
            remove(OF_ENGINES, &mut message.rest);
        }
        if let Some(Content::Parts(parts)) = &mut message.content {
            parts.iter_mut().filter_map(Value::as_object_mut).for_each(strip);
        }
        message.tool_calls.iter_mut().flatten().for_each(|call| strip(&mut call.rest));
    }
    for tool in chat.tools.iter_mut().flatten() {
        strip(&mut tool.rest);
        if let Some(function) = &mut tool.function {
            strip(&mut function.rest);
        }
    }
    chat
}

fn strip(fields: &mut Rest) {
    remove(OWN, fields);
}

fn remove(names: &[&str], fields: &mut Rest) {
    for name in names {
        fields.remove(*name);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn chat(hint: &Value) -> ChatRequest {
        let mut chat = json!({
            "model": "m", "top_k": 5, "reasoning_effort": "low",
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Hi"}]},
                {"role": "assistant", "content": null, "reasoning_content": "hm",
                 "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
                {"role": "tool", "tool_call_id": "c", "content": "x"},
            ],
            "tools": [{"type": "function", "function": {"name": "f"}}],
        });
        if !hint.is_null() {
            chat["thinking"] = json!({"type": "enabled", "budget_tokens": 2000});
            chat["messages"][0]["content"][0]["cache_control"] = hint.clone();
            chat["messages"][1]["thinking_blocks"] = json!([{"type": "thinking"}]);
            chat["messages"][1]["tool_calls"][0]["cache_control"] = hint.clone();
            chat["messages"][2]["cache_control"] = hint.clone();
            chat["tools"][0]["cache_control"] = hint.clone();
            chat["tools"][0]["function"]["cache_control"] = hint.clone();
        }
        serde_json::from_value(chat).unwrap()
    }

    #[test]
    fn nothing_that_only_anthropics_engines_know_is_left_and_all_else_is() {
        let hint = json!({"type": "ephemeral"});
        let stripped = serde_json::to_value(for_others(&chat(&hint), false)).unwrap();
        assert_eq!(stripped, serde_json::to_value(chat(&Value::Null)).unwrap());
        let outside = serde_json::to_value(for_others(&chat(&hint), true)).unwrap();
        assert_eq!(outside["messages"][1].get("reasoning_content"), None);
        assert_eq!(outside["top_k"], 5);
    }
}
