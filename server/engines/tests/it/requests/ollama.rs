//! Ollama's own dialect.

use engines::Task;
use serde_json::{Value, json};
use snapshot::EngineKind;

use super::{chat, refused_chat};
use crate::support::{read, refused, sent};

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
    assert_eq!(chat(EngineKind::Ollama, body), expected);
}

#[test]
fn tools_are_left_out_when_none_may_be_called() {
    let body = json!({"model": "m", "messages": [], "tool_choice": "none",
        "tools": [{"type": "function", "function": {"name": "f"}}]});
    assert!(chat(EngineKind::Ollama, body).get("tools").is_none());
}

#[test]
fn what_ollama_cannot_do_is_refused_by_name() {
    let with = |key: &str, value: Value| {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}]});
        body[key] = value;
        refused_chat(EngineKind::Ollama, body)
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

#[test]
fn a_completion_continues_the_text_without_a_template() {
    let body = json!({"model": "m", "prompt": "Once", "temperature": 0, "stop": ["\n"], "stream": true, "new_field": 1});
    let (path, sent) = sent(EngineKind::Ollama, Task::Completion(&read(body)));
    assert_eq!(path, "/api/generate");
    let expected = json!({"model": "upstream", "prompt": "Once", "raw": true, "stream": true, "new_field": 1,
        "options": {"num_ctx": 8192, "num_predict": 16, "temperature": 0, "stop": ["\n"]}});
    assert_eq!(sent, expected);
}

#[test]
fn a_gap_is_filled_by_the_models_template() {
    let body = json!({"model": "m", "prompt": "def f(", "suffix": "return x", "max_tokens": 9});
    let (_, sent) = sent(EngineKind::Ollama, Task::Completion(&read(body)));
    assert_eq!((&sent["raw"], &sent["suffix"]), (&json!(false), &json!("return x")));
}

#[test]
fn completions_that_ollama_cannot_give_are_refused_by_name() {
    let with = |body: Value| refused(EngineKind::Ollama, Task::Completion(&read(body)));
    assert_eq!(with(json!({"model": "m", "prompt": ["a", "b"]})), "prompt");
    assert_eq!(with(json!({"model": "m", "prompt": [1, 2]})), "prompt");
    assert_eq!(with(json!({"model": "m", "prompt": "a", "best_of": 2})), "best_of");
    assert_eq!(with(json!({"model": "m", "prompt": "a", "echo": true})), "echo");
    assert_eq!(with(json!({"model": "m", "prompt": "a", "logprobs": 2})), "logprobs");
}

#[test]
fn embeddings_are_never_cut_short_without_a_word() {
    let body = json!({"model": "m", "input": ["a", "b"], "encoding_format": "base64", "dimensions": 64});
    let (path, sent) = sent(EngineKind::Ollama, Task::Embedding(&read(body)));
    assert_eq!(path, "/api/embed");
    let expected = json!({"model": "upstream", "input": ["a", "b"], "truncate": false, "dimensions": 64,
        "options": {"num_ctx": 8192}});
    assert_eq!(sent, expected);
    let tokens = json!({"model": "m", "input": [[1, 2]]});
    assert_eq!(refused(EngineKind::Ollama, Task::Embedding(&read(tokens))), "input");
}
