//! How NIM writes OpenAI's answers: as the vLLM inside it did when thoughts were still `reasoning_content`.

use serde_json::{Value, json};

use crate::{
    compose::Answer,
    openai::{Style, ToolFrames, Usage, content, thoughts},
    vllm,
};

pub static STYLE: Style = Style {
    role: r#"{"role":"assistant","content":"","reasoning_content":null}"#,
    thought: Some([r#"{"reasoning_content":"#, "}"]),
    role_end: "",
    last: [r#"{"content":""}"#; 2],
    closing: |_| String::new(),
    rest: "",
    end: |answer| format!(r#","stop_reason":{}"#, json!(answer.stopped_by)),
    tools: ToolFrames::Pieces,
    usage,
    message,
    choice: |answer| json!({"stop_reason": answer.stopped_by}),
    body: |_| json!({"prompt_logprobs": null}),
    completion_choice: |answer| json!({"stop_reason": answer.stopped_by}),
    completion_body: |_| json!({"prompt_logprobs": null}),
    completion_rest: "",
    completion_end: |answer| format!(r#","stop_reason":{}"#, json!(answer.stopped_by)),
    ..vllm::STYLE
};

fn message(answer: &Answer, calls: Vec<Value>) -> Value {
    json!({
        "role": "assistant", "content": content(answer), "reasoning_content": thoughts(answer), "tool_calls": calls,
    })
}

/// Details of the prompt are told only when there is something to tell.
fn usage(usage: Usage) -> Value {
    let Usage { prompt, cached, completion, .. } = usage;
    let details = if cached == 0 { Value::Null } else { json!({"cached_tokens": cached}) };
    json!({
        "prompt_tokens": prompt, "total_tokens": prompt + completion, "completion_tokens": completion,
        "prompt_tokens_details": details,
    })
}
