//! What a call gives when all goes well.

use http::StatusCode;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sim::Engine;

use crate::{
    sse::Stream,
    world::{Plan, World, hello, streamed},
};

async fn world(engine: Engine) -> World {
    Plan::of(&[engine]).start().await
}

async fn whole(world: &World, body: &Value) -> Value {
    let response = world.chat(body).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-type"], "application/json");
    response.json().await.unwrap()
}

/// A cost as the exact text that the wire carries.
fn cost(usage: &Value) -> Decimal {
    let prompt = Decimal::from(usage["prompt_tokens"].as_u64().unwrap());
    let cached = usage["prompt_tokens_details"]["cached_tokens"].as_u64().unwrap_or(0);
    assert_eq!(cached, 0);
    let completion = Decimal::from(usage["completion_tokens"].as_u64().unwrap());
    prompt * Decimal::new(1, 6) + completion * Decimal::new(2, 6)
}

#[tokio::test]
async fn every_engine_answers_whole_with_the_cost() {
    for engine in [Engine::Vllm, Engine::Openai, Engine::Ollama] {
        let world = world(engine).await;
        let answer = whole(&world, &hello()).await;
        assert_eq!(answer["object"], "chat.completion");
        assert_eq!(answer["model"], "llama", "the model as it was asked for");
        assert_eq!(answer["choices"][0]["finish_reason"], "stop");
        assert!(answer["choices"][0]["message"]["content"].as_str().unwrap().contains("switchyard"));
        let told = answer["usage"]["cost"].to_string();
        let told = told.parse().or_else(|_| Decimal::from_scientific(&told)).unwrap();
        assert_eq!(told, cost(&answer["usage"]), "{engine:?}");
    }
}

#[tokio::test]
async fn every_engine_streams_the_same_text() {
    for engine in [Engine::Vllm, Engine::Openai, Engine::Ollama] {
        let world = world(engine).await;
        let answer = whole(&world, &hello()).await;
        let response = world.chat(&streamed(hello())).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        let stream = Stream::read(response).await;
        assert!(stream.done);
        assert_eq!(stream.text(), answer["choices"][0]["message"]["content"].as_str().unwrap());
        assert_eq!(stream.finish_reason(), Some("stop"));
        assert!(stream.chunks.iter().all(|chunk| chunk["model"] == "llama"));
        assert!(stream.chunks.iter().all(|chunk| chunk["id"] == stream.chunks[0]["id"]));
        assert!(
            stream.chunks.iter().all(|chunk| chunk["usage"].is_null()),
            "usage was not asked for: {engine:?}"
        );
        assert_eq!(stream.chunks[0]["choices"][0]["delta"]["role"], "assistant");
    }
}

#[tokio::test]
async fn usage_comes_in_a_last_chunk_to_who_asks() {
    for engine in [Engine::Vllm, Engine::Openai, Engine::Ollama] {
        let world = world(engine).await;
        let mut body = streamed(hello());
        body["stream_options"] = json!({"include_usage": true});
        let stream = Stream::read(world.chat(&body).send().await.unwrap()).await;
        assert!(stream.done);
        let usage = stream.usage().unwrap_or_else(|| panic!("{engine:?}: {:?}", stream.chunks.last()));
        assert!(usage["completion_tokens"].as_u64().unwrap() > 1);
        assert!(usage["cost"].as_f64().unwrap() > 0.0);
        assert_eq!(stream.chunks.last().unwrap()["choices"], json!([]));
        let all_but_last = &stream.chunks[..stream.chunks.len() - 1];
        assert!(all_but_last.iter().all(|chunk| chunk["usage"].is_null()));
    }
}

#[tokio::test]
async fn tool_calls_come_whole_and_streamed() {
    for engine in [Engine::Vllm, Engine::Openai, Engine::Ollama] {
        let world = world(engine).await;
        let mut body = hello();
        body["tools"] = json!([{"type": "function", "function": {
            "name": "get_weather", "description": "Weather of a city",
            "parameters": {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]},
        }}]);
        body["messages"][0]["content"] = json!("Call get_weather: what is the weather of the city of Paris?");
        // Ollama's API has no way to ask for a certain tool.
        if engine != Engine::Ollama {
            body["tool_choice"] = json!({"type": "function", "function": {"name": "get_weather"}});
        }
        let answer = whole(&world, &body).await;
        let call = &answer["choices"][0]["message"]["tool_calls"][0];
        assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls", "{engine:?}");
        assert_eq!(call["function"]["name"], "get_weather");
        let arguments: Value = serde_json::from_str(call["function"]["arguments"].as_str().unwrap()).unwrap();
        assert!(arguments["city"].is_string());

        let stream = Stream::read(world.chat(&streamed(body)).send().await.unwrap()).await;
        let pieces: Vec<&Value> = stream
            .chunks
            .iter()
            .filter_map(|chunk| chunk["choices"][0]["delta"]["tool_calls"].as_array())
            .flatten()
            .collect();
        let joined: String =
            pieces.iter().filter_map(|piece| piece["function"]["arguments"].as_str()).collect();
        assert_eq!(serde_json::from_str::<Value>(&joined).unwrap(), arguments);
        assert!(pieces.iter().all(|piece| piece["index"] == 0));
        assert_eq!(stream.finish_reason(), Some("tool_calls"));
    }
}

#[tokio::test]
async fn the_three_addresses_serve_alike() {
    let world = world(Engine::Vllm).await;
    let by_path = format!("http://{}/t/acme/v1/chat/completions", world.address);
    let by_host = world.url("/v1/chat/completions");
    let plain = world.chat(&hello());
    let path = world.http.post(by_path).bearer_auth(&world.acme.key).json(&hello());
    let host = world
        .http
        .post(by_host)
        .header("host", "acme.gateway.test")
        .bearer_auth(&world.acme.key)
        .json(&hello());
    let header = world.chat(&hello()).header("openai-tenant", "acme");
    for request in [plain, path, host, header] {
        assert_eq!(request.send().await.unwrap().status(), StatusCode::OK);
    }
    let listed =
        world.http.get(world.url("/t/acme/v1/models")).bearer_auth(&world.acme.key).send().await.unwrap();
    assert_eq!(listed.status(), StatusCode::OK);
}

#[tokio::test]
async fn models_are_listed_in_a_schema_that_both_worlds_read() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.draft = Box::new(|draft, _, globex| {
        let secret = draft.model("globex/secret");
        draft.rows.grants.retain(|grant| grant.model_id != secret || grant.tenant_id == globex.id);
    });
    let world = plan.start().await;
    let list: Value =
        world.request(reqwest::Method::GET, "/v1/models").send().await.unwrap().json().await.unwrap();
    assert_eq!((list["object"].as_str(), list["total_count"].as_u64()), (Some("list"), Some(1)));
    let model = &list["data"][0];
    assert_eq!((model["id"].as_str(), model["object"].as_str()), (Some("llama"), Some("model")));
    assert_eq!(model["pricing"]["completion"], "0.000002");
    assert_eq!(model["architecture"]["modality"], "text->text");

    let one = world.request(reqwest::Method::GET, "/v1/models/llama").send().await.unwrap();
    assert_eq!(one.json::<Value>().await.unwrap()["id"], "llama");
    // Another tenant's model and one that there is not are the same 404, but for the name.
    let foreign = world.request(reqwest::Method::GET, "/v1/models/globex/secret").send().await.unwrap();
    let unknown = world.request(reqwest::Method::GET, "/v1/models/globex/nought").send().await.unwrap();
    assert_eq!((foreign.status(), unknown.status()), (StatusCode::NOT_FOUND, StatusCode::NOT_FOUND));
    let (foreign, unknown) = (foreign.text().await.unwrap(), unknown.text().await.unwrap());
    assert_eq!(foreign.replace("secret", "nought"), unknown);
}

#[tokio::test]
async fn what_is_not_acted_on_reaches_the_engine_untouched() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| options.api_key = Some("sk-engine".into());
    plan.draft = Box::new(|draft, _, _| {
        let sealed = draft.seal("sk-engine");
        draft.rows.deployments[0].credential = Some(sealed);
    });
    let world = plan.start().await;
    let mut body = hello();
    body["min_p"] = json!(0.05);
    body["a_field_of_tomorrow"] = json!({"deep": [1, null, "x"]});
    body["temperature"] = json!(0.7);
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let response = world
        .chat(&body)
        .header("traceparent", trace)
        .header("x-request-id", "caller-request-1")
        .send()
        .await
        .unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["x-request-id"], "caller-request-1");
    let sent = world.sims[0].stats().last_request.unwrap();
    assert_eq!(sent.body["min_p"], 0.05);
    assert_eq!(sent.body["a_field_of_tomorrow"], json!({"deep": [1, null, "x"]}));
    assert_eq!(sent.body["temperature"], 0.7);
    assert_eq!(sent.body["model"], "sim-8b");
    assert_eq!(sent.headers["authorization"], "Bearer sk-engine");
    assert!(sent.headers["traceparent"].contains("0af7651916cd43dd8448eb211c80319c"));
    assert_eq!(sent.headers["x-request-id"], "caller-request-1");
    let told = serde_json::to_string(&sent.headers).unwrap();
    assert!(!told.contains("sy_live_"), "a caller's key never reaches an engine");
}

#[tokio::test]
async fn only_a_key_that_may_see_routing_is_told_the_deployment() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    let explain = std::sync::Arc::new(std::sync::Mutex::new(String::new()));
    let kept = explain.clone();
    plan.draft = Box::new(move |draft, acme, _| {
        let (_, key) = draft.key(acme.id, acme.project, |key| key.scopes.push("routing:explain".into()));
        *kept.lock().unwrap() = key;
    });
    let world = plan.start().await;
    let plain = world.chat(&hello()).send().await.unwrap();
    assert_eq!(plain.headers()["x-switchyard-model"], "llama");
    assert!(plain.headers().contains_key("x-switchyard-queue-ms"));
    assert!(plain.headers()["x-generation-id"].to_str().unwrap().starts_with("use_"));
    assert!(plain.headers()["x-request-id"].to_str().unwrap().starts_with("req_"));
    assert!(!plain.headers().contains_key("x-switchyard-deployment"));
    let key = explain.lock().unwrap().clone();
    let explained = world
        .http
        .post(world.url("/v1/chat/completions"))
        .bearer_auth(key)
        .json(&hello())
        .send()
        .await
        .unwrap();
    assert_eq!(explained.headers()["x-switchyard-deployment"], "d0");
}
