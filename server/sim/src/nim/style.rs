//! How NIM writes OpenAI's answers: as the vLLM inside it did when thoughts were still `reasoning_content`.

use serde_json::{Value, json};

use crate::{
    compose::Answer,
    openai::{Style, content, thoughts},
    vllm,
};

pub static STYLE: Style = Style {
    role: r#"{"role":"assistant","content":"","reasoning_content":null}"#,
    thought: Some([r#"{"reasoning_content":"#, "}"]),
    rest: "",
    end: |answer| format!(r#","stop_reason":{}"#, json!(answer.stopped_by)),
    message,
    choice: |answer| json!({"stop_reason": answer.stopped_by}),
    body: || json!({"prompt_logprobs": null}),
    ..vllm::STYLE
};

fn message(answer: &Answer, calls: Vec<Value>) -> Value {
    json!({
        "role": "assistant", "content": content(answer), "reasoning_content": thoughts(answer), "tool_calls": calls,
    })
}
