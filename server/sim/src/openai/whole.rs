//! An answer in one body, and its usage.

use serde_json::{Value, json};

use super::Labels;
use crate::{
    answer::{Answer, Said},
    failure::Wire,
};

pub fn write(labels: &Labels, answer: &Answer, n: u32) -> String {
    let choices: Vec<_> = (0..n).map(|index| choice(labels, answer, index)).collect();
    let tokens = answer.completion_tokens() * u64::from(n);
    let mut body = json!({
        "id": labels.id,
        "object": "chat.completion",
        "created": labels.created,
        "model": labels.model,
        "choices": choices,
        "usage": usage(labels.wire, answer, tokens),
    });
    let extra = match labels.wire {
        Wire::Vllm => json!({
            "service_tier": null, "system_fingerprint": null, "prompt_logprobs": null, "prompt_token_ids": null,
            "kv_transfer_params": null,
        }),
        _ => json!({"service_tier": "default", "system_fingerprint": "fp_simulated"}),
    };
    extend(&mut body, extra);
    body.to_string()
}

fn choice(labels: &Labels, answer: &Answer, index: u32) -> Value {
    let (content, calls) = match &answer.said {
        Said::Text(pieces) => (Value::from(pieces.text.as_str()), vec![]),
        Said::Tools(uses) => (Value::Null, uses.iter().enumerate().map(tool_call).collect()),
    };
    let mut message = json!({"role": "assistant", "content": content, "refusal": null});
    let mut choice = json!({"index": index, "logprobs": null, "finish_reason": answer.finish.as_str()});
    if labels.wire == Wire::Vllm {
        let more = json!({"annotations": null, "audio": null, "function_call": null, "reasoning": null});
        extend(&mut message, more);
        message["tool_calls"] = calls.into();
        extend(&mut choice, json!({"stop_reason": null, "token_ids": null}));
    } else {
        message["annotations"] = json!([]);
        if !calls.is_empty() {
            message["tool_calls"] = calls.into();
        }
    }
    choice["message"] = message;
    choice
}

fn tool_call((position, tool): (usize, &crate::answer::ToolUse)) -> Value {
    json!({
        "id": format!("chatcmpl-tool-{position:016x}"),
        "type": "function",
        "function": {"name": tool.name, "arguments": tool.json.text},
    })
}

fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}

/// The usage after `completion` tokens.
pub fn usage(wire: Wire, answer: &Answer, completion: u64) -> Value {
    let Answer { prompt_tokens: prompt, cached_tokens: cached, .. } = *answer;
    let mut usage = json!({
        "prompt_tokens": prompt, "total_tokens": prompt + completion, "completion_tokens": completion,
    });
    match wire {
        // Told only when it has something to tell.
        Wire::Vllm if cached == 0 => usage["prompt_tokens_details"] = Value::Null,
        Wire::Vllm => usage["prompt_tokens_details"] = json!({"cached_tokens": cached}),
        _ => {
            usage["prompt_tokens_details"] = json!({"cached_tokens": cached, "audio_tokens": 0});
            usage["completion_tokens_details"] = json!({
                "reasoning_tokens": 0, "audio_tokens": 0, "accepted_prediction_tokens": 0,
                "rejected_prediction_tokens": 0,
            });
        }
    }
    usage
}
