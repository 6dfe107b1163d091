//! What is sent to each engine.

mod anthropic;
mod ollama;
mod others;
mod tgi;

use engines::{Credential, Task, TaskKind, engine};
use serde_json::{Value, json};
use shared_chat::ChatRequest;
use snapshot::EngineKind;

use crate::support::{Parsed, prepare, read, refused, sent};

/// What is sent for a chat.
fn chat(kind: EngineKind, body: Value) -> Value {
    sent(kind, Task::Chat(&read(body))).1
}

/// The field at fault in a chat that is refused.
fn refused_chat(kind: EngineKind, body: Value) -> String {
    refused(kind, Task::Chat(&read(body)))
}

fn full() -> Value {
    json!({
        "model": "acme/model", "stream": true, "stream_options": {"x": 1}, "max_tokens": 5, "max_completion_tokens": 6,
        "temperature": 0.7, "top_p": 1, "n": 2, "stop": ["a"], "seed": -1, "user": "u", "tool_choice": "required",
        "messages": [
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}]},
            {"role": "tool", "tool_call_id": "c", "content": [{"type": "text", "text": "t"}], "new": true},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "strict": true, "parameters": {"type": "object"}}}],
        "response_format": {"type": "json_object"}, "guided_regex": "a+", "logit_bias": {"5": 1},
    })
}

#[test]
fn a_request_reaches_openais_dialect_whole() {
    let mut expected = full();
    expected["model"] = json!("upstream");
    expected["stream_options"] = json!({"x": 1, "include_usage": true});
    assert_eq!(chat(EngineKind::Openai, full()), expected);

    expected["stream_options"]["continuous_usage_stats"] = json!(true);
    assert_eq!(chat(EngineKind::Vllm, full()), expected);
}

#[test]
fn a_request_without_a_stream_is_asked_no_stream_options() {
    let body = json!({"model": "m", "messages": []});
    assert_eq!(chat(EngineKind::Vllm, body), json!({"model": "upstream", "messages": []}));
}

#[test]
fn a_request_goes_where_the_deployment_is() {
    let chat: ChatRequest = read(full());
    let request = prepare(EngineKind::Vllm, Task::Chat(&chat)).unwrap();
    assert_eq!((request.credential, request.stream), (Credential::Bearer, true));
    let http = request.into_http(&"http://10.0.0.7:8000/a/v1".parse().unwrap(), Some("secret")).unwrap();
    assert_eq!(http.uri(), "http://10.0.0.7:8000/a/v1/chat/completions");
    assert_eq!(http.headers()["x-request-id"], "req_1");
    assert_eq!(http.headers()["authorization"], "Bearer secret");
}

#[test]
fn what_an_engine_has_no_route_for_is_refused_as_the_models_lack() {
    for kind in EngineKind::ALL {
        for task in TaskKind::ALL {
            let parsed = Parsed::read(task, bare(task));
            let prepared = prepare(kind, parsed.task());
            assert_eq!(prepared.is_ok(), engine(kind).supports(task), "{kind} {task:?}: {prepared:?}");
            if let Err(refusal) = prepared {
                assert_eq!(refusal.param, "model");
                assert!(refusal.reason.contains(task.as_str()), "{refusal}");
            }
        }
    }
}

/// The least that a task needs.
fn bare(task: TaskKind) -> Value {
    match task {
        TaskKind::Chat => json!({"model": "m", "messages": []}),
        TaskKind::Completion | TaskKind::Tokenize => json!({"model": "m", "prompt": "p"}),
        TaskKind::Embedding | TaskKind::Classify => json!({"model": "m", "input": "i"}),
        TaskKind::Rerank => json!({"model": "m", "query": "q", "documents": ["d"]}),
        TaskKind::Detokenize => json!({"model": "m", "tokens": [1]}),
    }
}
