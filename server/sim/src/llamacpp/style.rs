//! How llama.cpp writes OpenAI's answers (`server-task.cpp`, `server-chat.cpp`).

use serde_json::{Value, json};

use crate::{
    compose::Answer,
    openai::{NoUsage, Style, ToolFrames, Usage, content},
};

/// The build that is imitated.
pub const BUILD: &str = "b11434-0000000";

pub static STYLE: Style = Style {
    chat_id: "chatcmpl-",
    completion_id: "chatcmpl-",
    tool_id: "",
    head: r#","system_fingerprint":"b11434-0000000""#,
    role: r#"{"role":"assistant","content":null}"#,
    text: [r#"{"content":"#, "}"],
    thought: Some([r#"{"reasoning_content":"#, "}"]),
    last: "{}",
    rest: "",
    end: |_| String::new(),
    logprobs_always: false,
    no_usage: NoUsage::Absent,
    continuous: false,
    tools: ToolFrames::Pieces,
    usage,
    message,
    choice: |_| json!({}),
    body: || json!({"system_fingerprint": BUILD}),
};

fn message(answer: &Answer, calls: Vec<Value>) -> Value {
    let mut message = json!({"role": "assistant", "content": content(answer)});
    if let Some(thoughts) = &answer.reasoning {
        message["reasoning_content"] = thoughts.text.as_str().into();
    }
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    message
}

fn usage(usage: Usage) -> Value {
    let Usage { prompt, cached, completion, .. } = usage;
    json!({
        "completion_tokens": completion, "prompt_tokens": prompt, "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached},
    })
}
