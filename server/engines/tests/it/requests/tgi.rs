//! TGI: its OpenAI route for chat, its native one for completions.

use engines::Task;
use serde_json::{Value, json};
use snapshot::EngineKind;

use super::{chat, refused_chat};
use crate::support::{read, refused, sent};

#[test]
fn chat_is_asked_as_tgi_reads_it() {
    let body = json!({
        "model": "m", "max_tokens": 5, "max_completion_tokens": 6, "n": 1, "top_p": 1, "stop": "a", "seed": 3,
        "messages": [{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "response_format": {"type": "json_schema", "json_schema": {"name": "n", "schema": {"type": "object"}}},
        "guideline": "kept",
    });
    let expected = json!({
        "model": "upstream", "max_tokens": 6, "stop": ["a"], "seed": 3, "guideline": "kept",
        "messages": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}],
        "response_format": {"type": "json", "value": {"type": "object"}},
    });
    assert_eq!(chat(EngineKind::Tgi, body), expected);
}

#[test]
fn chat_that_tgi_cannot_give_is_refused_by_name() {
    let with = |key: &str, value: Value| {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "x"}]});
        body[key] = value;
        refused_chat(EngineKind::Tgi, body)
    };
    assert_eq!(with("n", json!(2)), "n");
    assert_eq!(with("seed", json!(-1)), "seed");
    assert_eq!(with("logit_bias", json!({"1": 1})), "logit_bias");
    assert_eq!(with("response_format", json!({"type": "yaml"})), "response_format.type");
}

#[test]
fn a_completion_goes_to_the_native_route() {
    let body = json!({"model": "m", "prompt": "Once", "max_tokens": 9, "temperature": 0, "top_p": 1.0, "stop": "end",
        "frequency_penalty": 0.5, "presence_penalty": 0});
    let (path, asked) = sent(EngineKind::Tgi, Task::Completion(&read(body)));
    assert_eq!(path, "/generate_stream");
    let expected = json!({"inputs": "Once", "parameters": {"max_new_tokens": 9, "do_sample": false, "details": true,
        "stop": ["end"], "frequency_penalty": 0.5, "adapter_id": "upstream"}});
    assert_eq!(asked, expected);

    let warm = json!({"model": "m", "prompt": "Once", "temperature": 0.5, "top_p": 0.9});
    let parameters = &sent(EngineKind::Tgi, Task::Completion(&read(warm))).1["parameters"];
    assert_eq!((&parameters["do_sample"], &parameters["temperature"]), (&json!(true), &json!(0.5)));
    assert_eq!((&parameters["top_p"], &parameters["max_new_tokens"]), (&json!(0.9), &json!(16)));
}

#[test]
fn completions_that_tgi_cannot_give_are_refused_by_name() {
    let with = |key: &str, value: Value| {
        let mut body = json!({"model": "m", "prompt": "x"});
        body[key] = value;
        refused(EngineKind::Tgi, Task::Completion(&read(body)))
    };
    assert_eq!(with("n", json!(2)), "n");
    assert_eq!(with("prompt", json!([[1]])), "prompt");
    assert_eq!(with("echo", json!(true)), "echo");
    assert_eq!(with("suffix", json!("end")), "suffix");
    assert_eq!(with("presence_penalty", json!(0.5)), "presence_penalty");
    assert_eq!(with("logprobs", json!(3)), "logprobs");
}

#[test]
fn a_prompt_alone_is_tokenised() {
    let (path, asked) = sent(EngineKind::Tgi, Task::Tokenize(&read(json!({"model": "m", "prompt": "hi"}))));
    assert_eq!((path, asked), ("/tokenize", json!({"inputs": "hi"})));
    let bare = json!({"model": "m", "prompt": "hi", "add_special_tokens": false});
    assert_eq!(refused(EngineKind::Tgi, Task::Tokenize(&read(bare))), "add_special_tokens");
    let messages = json!({"model": "m", "messages": []});
    assert_eq!(refused(EngineKind::Tgi, Task::Tokenize(&read(messages))), "messages");
}
