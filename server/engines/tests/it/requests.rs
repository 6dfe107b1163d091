//! What is sent to each engine.

use engines::{EngineRequest, PrepareContext, Unsupported, engine};
use serde_json::{Value, json};
use shared_chat::ChatRequest;
use snapshot::EngineKind;

fn prepare(kind: EngineKind, body: Value) -> Result<EngineRequest, Unsupported> {
    let request: ChatRequest = serde_json::from_value(body).unwrap();
    let context =
        PrepareContext { upstream_model: "upstream", context_length: Some(8192), request_id: Some("req_1") };
    engine(kind).prepare(&request, &context)
}

fn sent(kind: EngineKind, body: Value) -> Value {
    serde_json::from_slice(&prepare(kind, body).unwrap().body).unwrap()
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
    assert_eq!(sent(EngineKind::Openai, full()), expected);

    expected["stream_options"]["continuous_usage_stats"] = json!(true);
    assert_eq!(sent(EngineKind::Vllm, full()), expected);
}

#[test]
fn a_request_without_a_stream_is_asked_no_stream_options() {
    let body = json!({"model": "m", "messages": []});
    assert_eq!(sent(EngineKind::Vllm, body), json!({"model": "upstream", "messages": []}));
}

#[test]
fn a_request_goes_where_the_deployment_is() {
    let request = prepare(EngineKind::Vllm, full()).unwrap();
    let http = request.into_http(&"http://10.0.0.7:8000/a/v1".parse().unwrap(), Some("secret")).unwrap();
    assert_eq!(http.uri(), "http://10.0.0.7:8000/a/v1/chat/completions");
    assert_eq!(http.headers()["x-request-id"], "req_1");
    assert_eq!(http.headers()["authorization"], "Bearer secret");
}

#[test]
fn ollama_is_asked_in_its_own_dialect() {
    let body = json!({
        "model": "m", "stream": true, "max_tokens": 5, "temperature": 0.7, "top_p": 1, "stop": "end", "seed": 3,
        "presence_penalty": 0.5, "reasoning_effort": "minimal", "keep_alive": -1, "user": "u", "new_field": 1,
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
        "messages": [
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [
                {"type": "text", "text": "What"}, {"type": "text", "text": "is it?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}}]},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{\"deep\": true}"}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "a cat"},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
    });
    let expected = json!({
        "model": "upstream", "stream": true, "think": "low", "format": {"type": "object"}, "new_field": 1,
        "options": {"num_ctx": 8192, "num_predict": 5, "temperature": 0.7, "top_p": 1, "stop": ["end"], "seed": 3,
            "presence_penalty": 0.5},
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "What\nis it?", "images": ["AAAA"]},
            {"role": "assistant", "content": "", "tool_calls": [
                {"id": "c1", "function": {"index": 0, "name": "look", "arguments": {"deep": true}}}]},
            {"role": "tool", "content": "a cat", "tool_call_id": "c1", "tool_name": "look"},
        ],
        "tools": [{"type": "function", "function": {"name": "look", "parameters": {"type": "object"}}}],
    });
    assert_eq!(sent(EngineKind::Ollama, body), expected);
}

#[test]
fn tools_are_left_out_when_none_may_be_called() {
    let body = json!({"model": "m", "messages": [], "tool_choice": "none",
        "tools": [{"type": "function", "function": {"name": "f"}}]});
    assert!(sent(EngineKind::Ollama, body).get("tools").is_none());
}

#[test]
fn what_ollama_cannot_do_is_refused_by_name() {
    let with = |key: &str, value: Value| {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}]});
        body[key] = value;
        prepare(EngineKind::Ollama, body).unwrap_err().param
    };
    assert_eq!(with("n", json!(2)), "n");
    assert_eq!(with("tool_choice", json!("required")), "tool_choice");
    assert_eq!(with("logit_bias", json!({"1": 1})), "logit_bias");
    assert_eq!(with("logprobs", json!(true)), "logprobs");
    assert_eq!(with("reasoning_effort", json!("huge")), "reasoning_effort");
    assert_eq!(with("response_format", json!({"type": "grammar"})), "response_format.type");
    let message = |message: Value| with("messages", json!([message]));
    assert_eq!(
        message(json!({"role": "user", "content": [{"type": "input_audio"}]})),
        "messages[0].content[0]"
    );
    let remote =
        json!({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://x/y.png"}}]});
    assert_eq!(message(remote), "messages[0].content[0].image_url.url");
    let broken = json!({"role": "assistant", "tool_calls": [{"function": {"name": "f", "arguments": "{"}}]});
    assert_eq!(message(broken), "messages[0].tool_calls[0].function.arguments");
}
