//! How llama.cpp writes OpenAI's answers (`server-task.cpp`, `server-chat.cpp`).

use serde_json::{Value, json};

use crate::{
    compose::Answer,
    openai::{NoUsage, Style, ToolFrames, Usage},
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
    role_rest: "",
    role_end: "",
    last: ["{}"; 2],
    closing: |usage| format!(r#","timings":{}"#, timings(usage)),
    rest: "",
    end: |_| String::new(),
    logprobs_always: false,
    no_usage: NoUsage::Absent,
    continuous: false,
    tools: ToolFrames::Pieces,
    usage,
    usage_at_finish: true,
    chat_logprobs: true,
    message,
    choice: |_| json!({}),
    body,
    completion_choice: |_| json!({}),
    completion_body: body,
    completion_rest: "",
    completion_end: |_| String::new(),
};

fn body(usage: Usage) -> Value {
    json!({"system_fingerprint": BUILD, "timings": timings(usage)})
}

/// How long it took, as of an engine that is quick.
fn timings(usage: Usage) -> Value {
    let Usage { prompt, cached, completion, .. } = usage;
    let phase = |tokens: u64, ms_each: f64| {
        let ms = tokens.max(1) as f64 * ms_each;
        (ms, ms / tokens.max(1) as f64, 1000.0 / ms_each)
    };
    let (prompt_ms, prompt_each, prompt_rate) = phase(prompt - cached, 0.05);
    let (predicted_ms, predicted_each, predicted_rate) = phase(completion, 0.1);
    json!({
        "cache_n": cached, "prompt_n": prompt - cached, "prompt_ms": prompt_ms, "prompt_per_token_ms": prompt_each,
        "prompt_per_second": prompt_rate, "predicted_n": completion, "predicted_ms": predicted_ms,
        "predicted_per_token_ms": predicted_each, "predicted_per_second": predicted_rate,
    })
}

fn message(answer: &Answer, calls: Vec<Value>) -> Value {
    let mut message = json!({"role": "assistant", "content": answer.text()});
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
