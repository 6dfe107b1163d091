//! How vLLM writes OpenAI's answers (`vllm/entrypoints/openai/chat_completion/protocol.py`), as version 0.32 was seen to.

use serde_json::{Value, json};

use super::VERSION;
use crate::{
    compose::Answer,
    openai::{NoUsage, Place, Style, ToolFrames, Usage, thoughts},
};

pub static STYLE: Style = Style {
    chat_id: "chatcmpl-",
    completion_id: "cmpl-",
    tool_id: "chatcmpl-tool-",
    head: "",
    role: r#"{"role":"assistant","content":""}"#,
    text: [r#"{"content":"#, "}"],
    thought: Some([r#"{"reasoning":"#, "}"]),
    role_rest: "",
    role_end: r#","prompt_token_ids":null,"prompt_text":null"#,
    last: [r#"{"content":""}"#, "{}"],
    closing: |_| format!(r#","system_fingerprint":{}"#, json!(fingerprint())),
    rest: r#","token_ids":null"#,
    end: |answer| format!(r#","stop_reason":{},"token_ids":null"#, json!(answer.stopped_by)),
    logprobs_always: true,
    no_usage: NoUsage::Absent,
    continuous: true,
    tools: ToolFrames::PiecesBesideContent,
    usage,
    usage_at_finish: false,
    chat_logprobs: false,
    message,
    choice: |answer| json!({"stop_reason": answer.stopped_by, "token_ids": null, "routed_experts": null}),
    body: |_| {
        json!({
            "service_tier": null, "system_fingerprint": fingerprint(), "prompt_logprobs": null,
            "prompt_token_ids": null, "prompt_text": null, "kv_transfer_params": null, "ec_transfer_params": null,
            "metrics": null,
        })
    },
    completion_choice: |answer| {
        json!({
            "stop_reason": answer.stopped_by, "token_ids": null, "routed_experts": null, "prompt_logprobs": null,
            "prompt_token_ids": null,
        })
    },
    completion_body: |_| {
        json!({
            "service_tier": null, "system_fingerprint": fingerprint(), "kv_transfer_params": null,
            "ec_transfer_params": null, "metrics": null,
        })
    },
    completion_rest: r#","stop_reason":null,"prompt_token_ids":null,"token_ids":null"#,
    completion_end: |answer| {
        format!(r#","stop_reason":{},"prompt_token_ids":null,"token_ids":null"#, json!(answer.stopped_by))
    },
};

/// Of the version and the options that it was started with.
fn fingerprint() -> String {
    format!("vllm-{VERSION}-00000000")
}

/// Calls of tools are there only where there are some, and beside a text that is empty.
fn message(answer: &Answer, calls: Vec<Value>) -> Value {
    let mut message = json!({
        "role": "assistant", "content": answer.text(), "refusal": null, "annotations": null, "audio": null,
        "function_call": null, "reasoning": thoughts(answer),
    });
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    message
}

/// Details are `null` in a whole answer that has none, and absent from a stream's end.
fn usage(usage: Usage) -> Value {
    let Usage { place, prompt, cached, completion, .. } = usage;
    let mut told = json!({"prompt_tokens": prompt, "total_tokens": prompt + completion, "completion_tokens": completion});
    if place != Place::End {
        told["completion_tokens_details"] = Value::Null;
    }
    if cached > 0 && place != Place::Frame {
        told["prompt_tokens_details"] = json!({"cached_tokens": cached});
    } else if place == Place::Whole {
        told["prompt_tokens_details"] = Value::Null;
    }
    told
}
