//! How vLLM writes OpenAI's answers (`vllm/entrypoints/openai/chat_completion/protocol.py`).

use serde_json::{Value, json};

use crate::{
    compose::Answer,
    openai::{NoUsage, Style, ToolFrames, Usage, content, thoughts},
};

pub static STYLE: Style = Style {
    chat_id: "chatcmpl-",
    completion_id: "cmpl-",
    tool_id: "chatcmpl-tool-",
    head: "",
    role: r#"{"role":"assistant","content":""}"#,
    text: [r#"{"content":"#, "}"],
    thought: Some([r#"{"reasoning":"#, "}"]),
    last: r#"{"content":""}"#,
    rest: r#","token_ids":null"#,
    end: |answer| format!(r#","stop_reason":{},"token_ids":null"#, json!(answer.stopped_by)),
    logprobs_always: true,
    no_usage: NoUsage::Absent,
    continuous: true,
    tools: ToolFrames::Pieces,
    usage,
    message,
    choice: |answer| json!({"stop_reason": answer.stopped_by, "token_ids": null}),
    body: || {
        json!({
            "service_tier": null, "system_fingerprint": null, "prompt_logprobs": null, "prompt_token_ids": null,
            "kv_transfer_params": null,
        })
    },
};

fn message(answer: &Answer, calls: Vec<Value>) -> Value {
    json!({
        "role": "assistant", "content": content(answer), "refusal": null, "annotations": null, "audio": null,
        "function_call": null, "tool_calls": calls, "reasoning": thoughts(answer),
    })
}

/// Details of the prompt are told only when there is something to tell.
pub fn usage(usage: Usage) -> Value {
    let Usage { prompt, cached, completion, .. } = usage;
    let details = if cached == 0 { Value::Null } else { json!({"cached_tokens": cached}) };
    json!({
        "prompt_tokens": prompt, "total_tokens": prompt + completion, "completion_tokens": completion,
        "prompt_tokens_details": details,
    })
}
