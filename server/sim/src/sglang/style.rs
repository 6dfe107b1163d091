//! How SGLang writes OpenAI's answers (`sglang/srt/entrypoints/openai/protocol.py`): absent members as `null`.

use serde_json::{Value, json};

use crate::{
    compose::{Answer, Finish},
    openai::{NoUsage, Style, ToolFrames, Usage, content, thoughts},
};

/// The number of a Llama's end-of-turn token, which it tells as what matched.
const END_OF_TURN: u32 = 128_009;

pub static STYLE: Style = Style {
    chat_id: "",
    completion_id: "",
    tool_id: "call_",
    head: "",
    role: r#"{"role":"assistant","content":"","reasoning_content":null}"#,
    text: [r#"{"role":null,"content":"#, r#","reasoning_content":null}"#],
    thought: Some([r#"{"role":null,"content":null,"reasoning_content":"#, "}"]),
    role_rest: r#","matched_stop":null"#,
    role_end: "",
    last: [r#"{"role":null,"content":null,"reasoning_content":null}"#; 2],
    closing: |_| String::new(),
    rest: r#","matched_stop":null"#,
    end: |answer| format!(r#","matched_stop":{}"#, matched(answer)),
    logprobs_always: true,
    no_usage: NoUsage::Null,
    continuous: true,
    tools: ToolFrames::PiecesWithNulls,
    usage,
    usage_at_finish: false,
    chat_logprobs: false,
    message,
    choice: |answer| json!({"matched_stop": matched(answer)}),
    body: |_| json!({"metadata": {"weight_version": "default"}}),
    completion_choice: |answer| json!({"matched_stop": matched(answer)}),
    completion_body: |_| json!({"metadata": {"weight_version": "default"}}),
    completion_rest: r#","matched_stop":null"#,
    completion_end: |answer| format!(r#","matched_stop":{}"#, matched(answer)),
};

fn matched(answer: &Answer) -> Value {
    match (&answer.stopped_by, answer.finish) {
        (Some(stop), _) => stop.as_str().into(),
        (None, Finish::Length) => Value::Null,
        (None, _) => END_OF_TURN.into(),
    }
}

fn message(answer: &Answer, calls: Vec<Value>) -> Value {
    let mut message =
        json!({"role": "assistant", "content": content(answer), "reasoning_content": thoughts(answer)});
    if !calls.is_empty() {
        message["tool_calls"] = calls.into();
    }
    message
}

/// Cached tokens are told only with `--enable-cache-report`, which the simulated prefix cache implies.
fn usage(usage: Usage) -> Value {
    let Usage { prompt, cached, completion, reasoning, .. } = usage;
    let details = if cached == 0 { Value::Null } else { json!({"cached_tokens": cached}) };
    json!({
        "prompt_tokens": prompt, "total_tokens": prompt + completion, "completion_tokens": completion,
        "prompt_tokens_details": details, "reasoning_tokens": reasoning,
    })
}
