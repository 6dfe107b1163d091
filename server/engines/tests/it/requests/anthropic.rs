//! Anthropic's Messages API.

use engines::{Credential, PrepareContext, Task, engine};
use serde_json::{Value, json};
use shared_chat::ChatRequest;
use snapshot::EngineKind;

use super::{chat, refused_chat};
use crate::support::{CONTEXT, prepare, read};

const ANTHROPIC: EngineKind = EngineKind::Anthropic;

#[test]
fn a_conversation_is_told_in_alternating_turns() {
    let body = json!({
        "model": "m", "stream": true, "stream_options": {"include_usage": true}, "max_completion_tokens": 64,
        "temperature": 0.5, "top_p": 0.9, "stop": "end", "user": "u1", "store": false, "frequency_penalty": 0, "top_k": 5,
        "parallel_tool_calls": false, "tool_choice": "required",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "developer", "content": [{"type": "text", "text": "Be kind."}]},
            {"role": "user", "content": [
                {"type": "text", "text": "What is it?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,AAAA"}},
                {"type": "image_url", "image_url": {"url": "https://x.test/y.png"}},
                {"type": "file", "file": {"file_data": "data:application/pdf;base64,BBBB", "filename": "a.pdf"}}]},
            {"role": "assistant", "content": "", "tool_calls": [
                {"id": "c1", "type": "function", "function": {"name": "look", "arguments": "{\"deep\": true}"}},
                {"id": "c2", "type": "function", "function": {"name": "look", "arguments": ""}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "a cat"},
            {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "a dog"}]},
            {"role": "user", "content": "So?"},
        ],
        "tools": [
            {"type": "function", "function": {"name": "look", "description": "Looks", "strict": true,
                "parameters": {"type": "object"}}},
            {"type": "function", "function": {"name": "bare"}}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
    });
    let expected = json!({
        "model": "upstream", "stream": true, "max_tokens": 64, "temperature": 0.5, "top_p": 0.9, "top_k": 5,
        "stop_sequences": ["end"], "metadata": {"user_id": "u1"}, "system": "Be brief.\n\nBe kind.",
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "What is it?"},
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AAAA"}},
                {"type": "image", "source": {"type": "url", "url": "https://x.test/y.png"}},
                {"type": "document", "source": {"type": "base64", "media_type": "application/pdf", "data": "BBBB"}}]},
            {"role": "assistant", "content": [
                {"type": "tool_use", "id": "c1", "name": "look", "input": {"deep": true}},
                {"type": "tool_use", "id": "c2", "name": "look", "input": {}}]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": "a cat"}]},
                {"type": "tool_result", "tool_use_id": "c2", "content": [{"type": "text", "text": "a dog"}]},
                {"type": "text", "text": "So?"}]},
        ],
        "tools": [
            {"name": "look", "description": "Looks", "strict": true, "input_schema": {"type": "object"}},
            {"name": "bare", "input_schema": {"type": "object", "properties": {}}}],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
        "output_config": {"format": {"type": "json_schema", "schema": {"type": "object"}}},
    });
    assert_eq!(chat(ANTHROPIC, body), expected);
}

fn asked(key: &str, value: Value) -> Value {
    let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}]});
    body[key] = value;
    body
}

#[test]
fn the_credential_and_the_version_go_into_headers_of_their_own() {
    let request: ChatRequest = read(asked("stream", json!(true)));
    let request = prepare(ANTHROPIC, Task::Chat(&request)).unwrap();
    assert_eq!((request.path, request.credential), ("/v1/messages", Credential::ApiKey));
    let http = request.into_http(&"https://api.test".parse().unwrap(), Some("secret")).unwrap();
    assert_eq!(http.headers()["x-api-key"], "secret");
    assert!(http.headers()["x-api-key"].is_sensitive());
    assert_eq!(http.headers()["anthropic-version"], "2023-06-01");
    assert!(!http.headers().contains_key("authorization"));
}

#[test]
fn an_answer_always_has_a_limit() {
    assert_eq!(chat(ANTHROPIC, asked("n", json!(1)))["max_tokens"], 4096);
    let context = PrepareContext { max_output_tokens: Some(700), ..CONTEXT };
    let request: ChatRequest = read(asked("n", json!(1)));
    let request = engine(ANTHROPIC).prepare(Task::Chat(&request), &context).unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&request.body).unwrap()["max_tokens"], 700);
}

#[test]
fn a_tool_may_be_named_or_none_called() {
    let named = json!({"type": "function", "function": {"name": "f"}});
    assert_eq!(
        chat(ANTHROPIC, asked("tool_choice", named))["tool_choice"],
        json!({"type": "tool", "name": "f"})
    );
    assert_eq!(chat(ANTHROPIC, asked("tool_choice", json!("none")))["tool_choice"], json!({"type": "none"}));
    assert_eq!(chat(ANTHROPIC, asked("tool_choice", json!("auto")))["tool_choice"], json!({"type": "auto"}));
}

#[test]
fn reasoning_has_a_budget_below_the_answers_limit() {
    let budget = |mut body: Value, limit: u64| {
        body["max_tokens"] = json!(limit);
        chat(ANTHROPIC, body)["thinking"].clone()
    };
    let enabled = |tokens: u64| json!({"type": "enabled", "budget_tokens": tokens});
    assert_eq!(budget(asked("reasoning_effort", json!("low")), 9000), enabled(1024));
    assert_eq!(budget(asked("reasoning_effort", json!("high")), 9000), enabled(8999));
    assert_eq!(budget(asked("reasoning_effort", json!("none")), 9000), json!({"type": "disabled"}));
    assert_eq!(budget(asked("reasoning", json!({"max_tokens": 2000})), 9000), enabled(2000));
    assert_eq!(budget(asked("reasoning", json!({"enabled": true})), 9000), enabled(4096));
    assert_eq!(budget(asked("reasoning", json!(null)), 9000), json!(null));
    let mut small = asked("reasoning_effort", json!("low"));
    small["max_tokens"] = json!(100);
    assert_eq!(refused_chat(ANTHROPIC, small), "reasoning_effort");
}

#[test]
fn what_the_messages_api_cannot_do_is_refused_by_name() {
    let with = |key: &str, value: Value| refused_chat(ANTHROPIC, asked(key, value));
    assert_eq!(with("n", json!(2)), "n");
    assert_eq!(with("seed", json!(1)), "seed");
    assert_eq!(with("temperature", json!(1.5)), "temperature");
    assert_eq!(with("logprobs", json!(true)), "logprobs");
    assert_eq!(with("logit_bias", json!({"1": 1})), "logit_bias");
    assert_eq!(with("presence_penalty", json!(0.5)), "presence_penalty");
    assert_eq!(with("guided_regex", json!("a+")), "guided_regex");
    assert_eq!(with("modalities", json!(["text", "audio"])), "modalities");
    assert_eq!(with("reasoning_effort", json!("huge")), "reasoning_effort");
    assert_eq!(with("tool_choice", json!("perhaps")), "tool_choice");
    assert_eq!(with("response_format", json!({"type": "json_object"})), "response_format.type");
    assert_eq!(with("tools", json!([{"type": "custom", "custom": {}}])), "tools[0].type");
    let message = |message: Value| with("messages", json!([message]));
    assert_eq!(message(json!({"role": "function", "content": "x"})), "messages[0].role");
    assert_eq!(message(json!({"role": "tool", "content": "x"})), "messages[0].tool_call_id");
    assert_eq!(
        message(json!({"role": "user", "content": [{"type": "input_audio"}]})),
        "messages[0].content[0]"
    );
    let local =
        json!({"role": "user", "content": [{"type": "image_url", "image_url": {"url": "/etc/x.png"}}]});
    assert_eq!(message(local), "messages[0].content[0].image_url.url");
    let broken = json!({"role": "assistant", "tool_calls": [{"id": "c", "function": {"name": "f", "arguments": "{"}}]});
    assert_eq!(message(broken), "messages[0].tool_calls[0].function.arguments");
}
