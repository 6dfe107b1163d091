//! Anthropic's `POST /v1/messages`.

use http::StatusCode;
use metering::{CallStatus, Operation};
use reqwest::Response;
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind};

use crate::{
    told::{cost, good_text},
    world::{Plan, World},
};

async fn world(engine: Engine) -> World {
    Plan::of(&[engine]).start().await
}

fn hello() -> Value {
    json!({
        "model": "llama",
        "max_tokens": 100,
        "system": "You are a signaller.",
        "messages": [{"role": "user", "content": "Tell me about the railway switchyard."}],
    })
}

/// The events of a stream: names and data.
async fn events(response: Response) -> Vec<(String, Value)> {
    assert_eq!(response.status(), StatusCode::OK);
    let text = response.text().await.unwrap();
    let event = |block: &str| {
        let line = |key: &str| block.lines().find_map(|line| line.strip_prefix(key)).unwrap().to_owned();
        (line("event: "), serde_json::from_str(&line("data: ")).unwrap())
    };
    text.split("\n\n").filter(|block| !block.trim().is_empty()).map(event).collect()
}

#[tokio::test]
async fn it_answers_whole_with_the_key_in_anthropics_header() {
    for engine in [Engine::Vllm, Engine::Ollama, Engine::Anthropic] {
        let world = world(engine).await;
        let request = world
            .http
            .post(world.url("/v1/messages"))
            .header("x-api-key", &world.acme.key)
            .header("anthropic-version", "2023-06-01")
            .json(&hello());
        let text = good_text(request).await;
        assert!(cost(&text) > rust_decimal::Decimal::ZERO);
        let answer: Value = serde_json::from_str(&text).unwrap();
        assert_eq!((answer["type"].as_str(), answer["role"].as_str()), (Some("message"), Some("assistant")));
        assert_eq!(answer["model"], "llama");
        assert_eq!(answer["stop_reason"], "end_turn", "{engine:?}: {answer}");
        assert!(answer["content"][0]["text"].as_str().unwrap().contains("switchyard"), "{engine:?}");
        let event = world.events(1).await.remove(0);
        assert_eq!((event.operation, event.status), (Operation::Message, CallStatus::Completed));
        assert_eq!(json!(event.tokens.completion), answer["usage"]["output_tokens"]);
    }
}

#[tokio::test]
async fn it_streams_blocks_and_tells_usage_at_the_end() {
    let world = world(Engine::Vllm).await;
    let mut body = hello();
    body["stream"] = json!(true);
    let events = events(world.post("/v1/messages", &body).send().await.unwrap()).await;
    let names: Vec<_> = events.iter().map(|(name, _)| name.as_str()).filter(|name| *name != "ping").collect();
    assert_eq!(names[..2], ["message_start", "content_block_start"]);
    assert_eq!(names[names.len() - 3..], ["content_block_stop", "message_delta", "message_stop"]);
    let text: String = events.iter().filter_map(|(_, data)| data["delta"]["text"].as_str()).collect();
    assert!(text.contains("switchyard"));
    let delta = &events.iter().find(|(name, _)| name == "message_delta").unwrap().1;
    assert_eq!(delta["delta"]["stop_reason"], "end_turn");
    assert!(delta["usage"]["output_tokens"].as_u64().unwrap() > 0 && delta["usage"]["cost"].is_number());
    assert_eq!(world.events(1).await[0].operation, Operation::Message);
}

#[tokio::test]
async fn errors_are_anthropics_on_this_path() {
    let world = world(Engine::Vllm).await;
    let told = async |request: reqwest::RequestBuilder| {
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        let body: Value = response.json().await.unwrap();
        assert_eq!(body["type"], "error", "{body}");
        assert!(body["request_id"].is_string(), "{body}");
        (status, body["error"]["type"].as_str().unwrap().to_owned())
    };
    let bare = world.http.post(world.url("/v1/messages")).json(&hello());
    assert_eq!(told(bare).await, (401, "authentication_error".into()));
    let mut unknown = hello();
    unknown["model"] = json!("nought");
    assert_eq!(told(world.post("/v1/messages", &unknown)).await, (404, "not_found_error".into()));
    let mut endless = hello();
    endless.as_object_mut().unwrap().remove("max_tokens");
    assert_eq!(told(world.post("/v1/messages", &endless)).await, (400, "invalid_request_error".into()));
    world.sims[0].fault(Fault::new(FaultKind::Http503));
    assert_eq!(told(world.post("/v1/messages", &hello())).await, (529, "overloaded_error".into()));
}

#[tokio::test]
async fn the_other_surfaces_take_no_x_api_key() {
    let world = world(Engine::Vllm).await;
    let request = world.http.get(world.url("/v1/models")).header("x-api-key", &world.acme.key);
    assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_stream_that_breaks_ends_with_an_error_event() {
    let world = world(Engine::Vllm).await;
    world.sims[0].fault(Fault::new(FaultKind::Reset).after_tokens(3).times(1));
    let mut body = hello();
    body["stream"] = json!(true);
    let events = events(world.post("/v1/messages", &body).send().await.unwrap()).await;
    let (name, data) = events.last().unwrap();
    assert_eq!((name.as_str(), data["error"]["type"].as_str()), ("error", Some("api_error")));
    assert!(events.iter().all(|(name, _)| name != "message_stop"));
}

#[tokio::test]
async fn tokens_are_counted_by_the_engine_or_by_a_stated_estimate() {
    let body = json!({"model": "llama", "messages": hello()["messages"]});
    let vllm = world(Engine::Vllm).await;
    let response = vllm.post("/v1/messages/count_tokens", &body).send().await.unwrap();
    assert!(!response.headers().contains_key("x-switchyard-counted-by"), "the engine was asked");
    let counted: Value = response.json().await.unwrap();
    assert!(counted["input_tokens"].as_u64().unwrap() > 0);

    // Without a route for it, or with one that takes no conversation.
    for engine in
        [Engine::Openai, Engine::Ollama, Engine::Sglang, Engine::Tgi, Engine::Llamacpp, Engine::Anthropic]
    {
        let world = world(engine).await;
        let response = world.post("/v1/messages/count_tokens", &body).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK, "{engine:?}");
        assert_eq!(response.headers()["x-switchyard-counted-by"], "estimate", "{engine:?}");
        let estimated: Value = response.json().await.unwrap();
        assert!(estimated["input_tokens"].as_u64().unwrap() > 0);
        let event = world.events(1).await.remove(0);
        assert_eq!((event.operation, event.amount), (Operation::Tokenize, rust_decimal::Decimal::ZERO));
    }
}

/// A conversation that uses what only Anthropic's dialect has.
fn thorough() -> Value {
    let hint = json!({"type": "ephemeral"});
    json!({
        "model": "llama", "max_tokens": 3000, "top_k": 5, "metadata": {"user_id": "u1"},
        "thinking": {"type": "enabled", "budget_tokens": 2000},
        "system": [{"type": "text", "text": "You are a signaller.", "cache_control": hint}],
        "tools": [{"name": "look", "description": "Looks", "input_schema": {"type": "object"}, "cache_control": hint}],
        "messages": [
            {"role": "user", "content": [{"type": "text", "text": "Look.", "cache_control": hint}]},
            {"role": "assistant", "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "c2ln"},
                {"type": "redacted_thinking", "data": "c2VhbGVk"},
                {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}},
            ]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": "dark", "is_error": true, "cache_control": hint},
            ]},
        ],
    })
}

#[tokio::test]
async fn an_engine_that_speaks_anthropics_dialect_is_sent_what_the_caller_sent() {
    let mut plan = Plan::of(&[Engine::Anthropic]);
    plan.sim = |options| options.reasoning = true;
    let world = plan.start().await;
    let answer: Value =
        serde_json::from_str(&good_text(world.post("/v1/messages", &thorough())).await).unwrap();
    let mut expected = thorough();
    expected["model"] = json!("sim-8b");
    expected["stream"] = json!(false);
    assert_eq!(world.sims[0].stats().last_request.unwrap().body, expected);
    // Its thinking comes back with the proof that goes with it.
    let thinking = &answer["content"][0];
    assert_eq!((&thinking["type"], &thinking["signature"]), (&json!("thinking"), &json!("c2ltdWxhdGVk")));

    let mut streamed = thorough();
    streamed["stream"] = json!(true);
    let events = events(world.post("/v1/messages", &streamed).send().await.unwrap()).await;
    assert_eq!(world.sims[0].stats().last_request.unwrap().body["stream"], true);
    let proofs: Vec<_> = events.iter().filter_map(|(_, data)| data["delta"]["signature"].as_str()).collect();
    assert_eq!(proofs, ["c2ltdWxhdGVk"]);
}

#[tokio::test]
async fn other_engines_are_sent_nothing_that_is_anthropics_alone() {
    for engine in [Engine::Vllm, Engine::Openai] {
        let world = world(engine).await;
        good_text(world.post("/v1/messages", &thorough())).await;
        let sent = world.sims[0].stats().last_request.unwrap().body;
        let text = sent.to_string();
        assert!(!text.contains("cache_control") && !text.contains("thinking"), "{engine:?}: {text}");
        assert_eq!((&sent["top_k"], &sent["reasoning_effort"]), (&json!(5), &json!("low")));
        assert_eq!(sent["messages"][2]["reasoning_content"], "Hm.");
    }
}

#[tokio::test]
async fn openais_own_platform_is_asked_for_nothing_that_it_lacks() {
    let mut plan = Plan::of(&[Engine::Openai]);
    plan.deployment = |_, deployment| deployment.external = true;
    plan.draft = Box::new(|draft, _, _| draft.rows.tenants[0].external_engines = true);
    let world = plan.start().await;
    let response = world.post("/v1/messages", &thorough()).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::BAD_REQUEST);
    let error: Value = response.json().await.unwrap();
    assert!(error["error"]["message"].as_str().unwrap().contains("top_k"), "{error}");
    let mut body = thorough();
    body.as_object_mut().unwrap().remove("top_k");
    good_text(world.post("/v1/messages", &body)).await;
    let sent = world.sims[0].stats().last_request.unwrap().body.to_string();
    assert!(!sent.contains("cache_control") && !sent.contains("thinking"), "{sent}");
    assert!(!sent.contains("reasoning_content"), "{sent}");
}
