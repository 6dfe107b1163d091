//! A chat's answer in one body.

use serde_json::{Value, json};

use super::{
    Labels,
    logprobs::chat_entry,
    request::ChatCall,
    style::{Place, Usage},
};
use crate::compose::{Answer, Said, ToolUse};

pub fn write(labels: &Labels, answer: &Answer, call: &ChatCall) -> String {
    let style = labels.wire.style();
    let choices: Vec<_> = (0..call.n).map(|index| choice(labels, answer, call, index)).collect();
    let n = u64::from(call.n);
    let usage = Usage {
        place: Place::Whole,
        prompt: answer.prompt_tokens,
        cached: answer.cached_tokens,
        completion: answer.completion_tokens() * n,
        reasoning: answer.reasoning_tokens() * n,
    };
    let mut body = json!({
        "id": labels.id,
        "object": "chat.completion",
        "created": labels.created,
        "model": labels.model,
        "choices": choices,
        "usage": (style.usage)(usage),
    });
    extend(&mut body, (style.body)(usage));
    body.to_string()
}

fn choice(labels: &Labels, answer: &Answer, call: &ChatCall, index: u32) -> Value {
    let style = labels.wire.style();
    let calls = answer.tools().iter().enumerate().map(|(at, tool)| tool_call(labels, at, tool)).collect();
    let message = (style.message)(answer, calls);
    let mut choice = json!({"index": index, "message": message, "finish_reason": answer.finish.as_str()});
    match (call.logprobs, &answer.said) {
        (Some(top), Said::Text(pieces)) => {
            let entries: Vec<_> = pieces.iter().map(|piece| chat_entry(labels.wire, piece, top)).collect();
            choice["logprobs"] = json!({"content": entries});
        }
        _ if style.logprobs_always => choice["logprobs"] = Value::Null,
        _ => {}
    }
    extend(&mut choice, (style.choice)(answer));
    choice
}

fn tool_call(labels: &Labels, position: usize, tool: &ToolUse) -> Value {
    json!({
        "id": labels.tool_id(position),
        "type": "function",
        "function": {"name": tool.name, "arguments": tool.json.text},
    })
}

pub fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}
