//! What a caller is told of its own mistakes: each status, code, field and words, in one golden file.

use std::fmt::Write;

use http::StatusCode;
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind};

use crate::world::{Plan, World, hello};

fn with(field: &str, value: Value) -> Value {
    let mut body = hello();
    body[field] = value;
    body
}

fn raw(world: &World, body: impl Into<reqwest::Body>) -> RequestBuilder {
    world.request(Method::POST, "/v1/chat/completions").header("content-type", "application/json").body(body)
}

fn malformed(world: &World) -> Vec<(&'static str, RequestBuilder)> {
    let typed = |kind: &'static str| {
        world.request(Method::POST, "/v1/chat/completions").header("content-type", kind).body("{}")
    };
    vec![
        ("not JSON", raw(world, "hello")),
        ("cut off", raw(world, r#"{"model":"llama","messages":[{"role":"us"#)),
        ("empty", raw(world, "")),
        ("an array", raw(world, "[1,2]")),
        ("not UTF-8", raw(world, vec![b'{', b'"', 0xff, b'"', b':', b'1', b'}'])),
        ("nested beyond reason", raw(world, "[".repeat(10_000))),
        ("a form", typed("application/x-www-form-urlencoded")),
        ("over the limit", raw(world, format!(r#"{{"model":"{}"}}"#, "x".repeat(70_000)))),
    ]
}

fn wrong_values(world: &World) -> Vec<(&'static str, RequestBuilder)> {
    let chat = |body: Value| world.chat(&body);
    vec![
        ("no model", chat(json!({"messages": [{"role": "user", "content": "hi"}]}))),
        ("no messages", chat(json!({"model": "llama"}))),
        ("empty messages", chat(with("messages", json!([])))),
        ("a message of no role", chat(with("messages", json!([{"content": "hi"}])))),
        ("content of a wrong type", chat(with("messages", json!([{"role": "user", "content": 7}])))),
        ("a tool without a name", chat(with("tools", json!([{"type": "function", "function": {}}])))),
        ("temperature as a word", chat(with("temperature", json!("hot")))),
        ("stream as a word", chat(with("stream", json!("yes")))),
        ("max_tokens below 0", chat(with("max_tokens", json!(-1)))),
        ("max_tokens of 0", chat(with("max_tokens", json!(0)))),
        ("max_tokens beyond the model", chat(with("max_tokens", json!(5000)))),
        ("n of 0", chat(with("n", json!(0)))),
        ("stream_options without a stream", chat(with("stream_options", json!({"include_usage": true})))),
        (
            "an image for a model of text",
            chat(with(
                "messages",
                json!([
                    {"role": "user", "content": [{"type": "image_url", "image_url": {"url": "https://example.com/x.png"}}]}
                ]),
            )),
        ),
        ("unknown model", chat(with("model", json!("nought")))),
        (
            "a prompt too long",
            chat(with("messages", json!([{"role": "user", "content": "word ".repeat(9000)}]))),
        ),
    ]
}

fn not_built(world: &World) -> Vec<(&'static str, RequestBuilder)> {
    let chat = |field: &'static str, value: Value| (field, world.chat(&with(field, value)));
    vec![
        chat("rag", json!({"enabled": true, "collection": "docs"})),
        chat("route", json!("fallback")),
        chat("sort", json!("price")),
        chat("transforms", json!(["middle-out"])),
        chat("plugins", json!([{"id": "web"}])),
        chat("store", json!(true)),
        chat("modalities", json!(["text", "audio"])),
        chat("audio", json!({"voice": "alloy", "format": "wav"})),
        chat("service_tier", json!("flex")),
        chat("web_search_options", json!({})),
    ]
}

fn wrong_place(world: &World) -> Vec<(&'static str, RequestBuilder)> {
    vec![
        ("no key", world.http.post(world.url("/v1/chat/completions")).json(&hello())),
        ("a key of another scheme", world.http.get(world.url("/v1/models")).basic_auth("x", Some("y"))),
        ("nonsense for a key", world.http.get(world.url("/v1/models")).bearer_auth("sk-123")),
        ("no such path", world.request(Method::POST, "/v1/audio/speech")),
        ("no such path of a tenant", world.request(Method::GET, "/t/acme/v1/nothing")),
        ("wrong method", world.request(Method::GET, "/v1/chat/completions")),
        ("wrong method for models", world.request(Method::DELETE, "/v1/models/llama")),
    ]
}

#[tokio::test]
async fn every_mistake_is_told_with_its_field_and_what_to_do() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let mut told = String::new();
    for (title, cases) in [
        ("Malformed", malformed(&world)),
        ("Wrong values", wrong_values(&world)),
        ("Not built", not_built(&world)),
        ("Wrong place", wrong_place(&world)),
    ] {
        let _ = writeln!(told, "# {title}\n");
        for (what, request) in cases {
            let response = request.send().await.unwrap();
            let status = response.status();
            assert!(status.is_client_error() || status == StatusCode::OK, "{what}: {status}");
            assert!(response.headers().contains_key("x-request-id"), "{what}");
            let body: Value = response.json().await.unwrap();
            let error = &body["error"];
            assert_eq!(error.as_object().map(serde_json::Map::len), Some(4), "{what}: {body}");
            let _ = writeln!(
                told,
                "{what}\n  {} {} · {} · param {}\n  {}\n",
                status.as_u16(),
                error["code"].as_str().unwrap(),
                error["type"].as_str().unwrap(),
                error["param"],
                error["message"].as_str().unwrap(),
            );
        }
    }
    assert!(!told.contains("127.0.0.1"));
    insta::assert_snapshot!(told);
}

#[tokio::test]
async fn an_engines_refusal_is_passed_on_without_its_addresses() {
    let world = Plan::of(&[Engine::Vllm, Engine::Vllm]).start().await;
    for sim in &world.sims {
        let mut fault = Fault::new(FaultKind::Http500);
        fault.status = Some(400);
        fault.message = Some("temperature must be at most 2.0, said http://10.0.0.7:8000/v1/x".into());
        sim.fault(fault);
    }
    let response = world.chat(&with("temperature", json!(99))).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], "engine_refused_request");
    let message = body["error"]["message"].as_str().unwrap();
    assert!(message.contains("at most 2.0") && !message.contains("10.0.0.7"), "{message}");
    let tried: u64 = world.sims.iter().map(|sim| sim.stats().requests).sum();
    assert_eq!(tried, 1, "the caller's own mistake is not tried elsewhere");
}

#[tokio::test]
async fn an_engines_own_word_on_the_context_is_passed_on() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    // The engine is tighter than the catalog knows.
    plan.sim = |options| options.context = 64;
    let world = plan.start().await;
    let body = with("messages", json!([{"role": "user", "content": "word ".repeat(100)}]));
    let response = world.chat(&body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let body: Value = response.json().await.unwrap();
    assert_eq!(body["error"]["code"], "context_length_exceeded");
    assert!(body["error"]["message"].as_str().unwrap().contains("64"));
    assert_eq!(world.sims[0].stats().requests, 1, "it would fail again");
}

#[tokio::test]
async fn a_deployment_too_small_for_the_prompt_is_passed_over() {
    let mut plan = Plan::of(&[Engine::Vllm, Engine::Vllm]);
    plan.deployment = |index, deployment| {
        deployment.context_length = if index == 0 { Some(256) } else { None };
        // Were it not too small, it would be first.
        deployment.weight = if index == 0 { 100 } else { 0 };
    };
    let world = plan.start().await;
    let body = with("messages", json!([{"role": "user", "content": "word ".repeat(600)}]));
    assert_eq!(world.chat(&body).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!((world.sims[0].stats().requests, world.sims[1].stats().requests), (0, 1));
}
