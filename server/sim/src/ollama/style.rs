//! How Ollama writes OpenAI's answers (`openai/openai.go`): tool calls in one frame each.

use serde_json::{Value, json};

use crate::{
    compose::Answer,
    openai::{NoUsage, Style, ToolFrames, Usage},
};

pub static STYLE: Style = Style {
    chat_id: "chatcmpl-",
    completion_id: "cmpl-",
    tool_id: "call_",
    head: r#","system_fingerprint":"fp_ollama""#,
    role: r#"{"role":"assistant","content":""}"#,
    text: [r#"{"content":"#, "}"],
    thought: Some([r#"{"content":"","reasoning":"#, "}"]),
    role_rest: "",
    role_end: "",
    last: ["{}"; 2],
    closing: |_| String::new(),
    rest: "",
    end: |_| String::new(),
    logprobs_always: false,
    no_usage: NoUsage::Absent,
    continuous: false,
    tools: ToolFrames::Whole,
    usage,
    usage_at_finish: false,
    chat_logprobs: false,
    message,
    choice: |_| json!({}),
    body: |_| json!({"system_fingerprint": "fp_ollama"}),
    completion_choice: |_| json!({}),
    completion_body: |_| json!({"system_fingerprint": "fp_ollama"}),
    completion_rest: "",
    completion_end: |_| String::new(),
};

fn message(answer: &Answer, calls: Vec<Value>) -> Value {
    let mut message = json!({"role": "assistant", "content": answer.text()});
    if let Some(thoughts) = &answer.reasoning {
        message["reasoning"] = thoughts.text.as_str().into();
    }
    if !calls.is_empty() {
        let indexed = |(index, mut call): (usize, Value)| {
            call["index"] = index.into();
            call
        };
        message["tool_calls"] = calls.into_iter().enumerate().map(indexed).collect();
    }
    message
}

fn usage(usage: Usage) -> Value {
    let Usage { prompt, completion, .. } = usage;
    json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt + completion})
}
