//! Engines through the API: found by their address, tried, drained; models with tokenizers; engines outside.

use std::time::{Duration, Instant};

use http::{Method, StatusCode};
use serde_json::{Value, json};
use shared::Role;
use sim::{Engine, Fault, FaultKind, Handle, SimOptions};

use crate::{
    endpoints::tokenizer_file,
    world::{Actor, World},
};

const OWNER: Actor = Actor::Member(Role::Owner);
const PATIENCE: Duration = Duration::from_secs(10);

async fn engine(engine: Engine, model: &str) -> Handle {
    sim::spawn(SimOptions::unpaced(engine, [model])).await.unwrap()
}

async fn posted(world: &World, path: &str, body: Value) -> Value {
    let (status, answer) = world.send(Actor::Operator, Method::POST, path, Some(body)).await;
    assert!(status.is_success(), "{path}: {status} {answer}");
    answer
}

fn talk(model: &str) -> Value {
    json!({"project_id": "{default_project_id}",
        "request": {"model": model, "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 5}})
}

async fn chat(world: &World, model: &str) -> (StatusCode, Value) {
    world.send(OWNER, Method::POST, "/tenants/{tenant_id}/playground/chat", Some(talk(model))).await
}

/// Asks until the answer has a status: the configuration reaches the gateway within a second.
async fn chat_until(world: &World, model: &str, wanted: StatusCode) -> Value {
    let begun = Instant::now();
    loop {
        let (status, answer) = chat(world, model).await;
        if status == wanted {
            return answer;
        }
        assert!(begun.elapsed() < PATIENCE, "{status} {answer}, expected {wanted}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A model of its own engine that the tenant may use, and its deployment.
async fn served(world: &World, model: &str) -> (Handle, Value) {
    let handle = engine(Engine::Vllm, model).await;
    let new = json!({"name": format!("{model} one"), "base_url": handle.base_url(), "model": model});
    let made = posted(world, "/deployments", new).await;
    let grants = Some(json!({"models": ["sim-8b", model]}));
    let (status, _) = world.send(Actor::Operator, Method::PUT, "/tenants/{tenant_id}/models", grants).await;
    assert!(status.is_success());
    (handle, made)
}

#[tokio::test]
async fn an_engine_is_found_by_its_address_alone() {
    let world = World::new().await;
    for (kind, name, model, purpose) in [
        (Engine::Vllm, "vllm", "a-chat", "chat"),
        (Engine::Sglang, "sglang", "b-chat", "chat"),
        (Engine::Ollama, "ollama", "c-chat", "chat"),
        (Engine::Tgi, "tgi", "d-chat", "chat"),
        (Engine::Nim, "nim", "e-chat", "chat"),
        (Engine::Llamacpp, "llamacpp", "f-chat", "chat"),
        (Engine::Tei, "tei", "g-embed", "embedding"),
    ] {
        let handle = engine(kind, model).await;
        let found = posted(&world, "/deployments/detect", json!({"base_url": handle.base_url()})).await;
        assert_eq!(found["engine"], name, "{found}");
        let new = json!({"name": format!("on {name}"), "base_url": handle.base_url(), "model": model});
        let made = posted(&world, "/deployments", new).await;
        assert_eq!(made["engine"], name, "{made}");
        let path = format!("/models/{}", made["model_id"].as_str().unwrap());
        let (_, model) = world.send(Actor::Operator, Method::GET, &path, None).await;
        assert_eq!(model["kind"], purpose, "{model}");
        let tried =
            posted(&world, &format!("/deployments/{}/test", made["id"].as_str().unwrap()), json!({})).await;
        assert_eq!(tried["outcome"], "answered", "{name}: {tried}");
    }
    let nothing = json!({"base_url": "http://127.0.0.1:1"});
    let (status, problem) =
        world.send(Actor::Operator, Method::POST, "/deployments/detect", Some(nothing)).await;
    assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!("base_url")));
}

#[tokio::test]
async fn a_test_call_tells_the_first_token_or_the_engine_s_error() {
    let world = World::new().await;
    let handle = engine(Engine::Vllm, "llama").await;
    let new = json!({"name": "two", "base_url": handle.base_url(), "model": "llama"});
    let made = posted(&world, "/deployments", new).await;
    let path = format!("/deployments/{}/test", made["id"].as_str().unwrap());
    let tried = posted(&world, &path, json!({})).await;
    assert_eq!((&tried["outcome"], &tried["operation"]), (&json!("answered"), &json!("chat_completion")));
    assert!(tried["first_token_ms"].is_u64() && tried["completion_tokens"].is_u64(), "{tried}");
    assert!(!tried["text"].as_str().unwrap().is_empty());
    for (fault, code) in [
        (FaultKind::Http500, "engine_failed"),
        (FaultKind::Oom, "engine_out_of_memory"),
        (FaultKind::ErrorIn200, "engine_failed"),
        (FaultKind::Refuse, "engine_unavailable"),
    ] {
        handle.fault(Fault::new(fault).times(1));
        let tried = posted(&world, &path, json!({})).await;
        assert_eq!(
            (&tried["outcome"], &tried["error"]),
            (&json!("failed"), &json!(code)),
            "{fault:?}: {tried}"
        );
        handle.clear_faults();
    }
}

#[tokio::test]
async fn a_drained_deployment_gets_nothing_new_until_it_is_resumed() {
    let world = World::new().await;
    let (_handle, made) = served(&world, "drainable").await;
    chat_until(&world, "drainable", StatusCode::OK).await;
    let path = format!("/deployments/{}", made["id"].as_str().unwrap());
    let drained = posted(&world, &format!("{path}/drain"), json!({})).await;
    assert_eq!(drained["state"], "draining");
    chat_until(&world, "drainable", StatusCode::SERVICE_UNAVAILABLE).await;
    let resumed = posted(&world, &format!("{path}/resume"), json!({})).await;
    assert_eq!(resumed["state"], "active");
    chat_until(&world, "drainable", StatusCode::OK).await;
}

#[tokio::test]
async fn calls_that_an_engine_failed_are_told_by_deployment_and_error() {
    let world = World::new().await;
    let (handle, made) = served(&world, "brittle").await;
    chat_until(&world, "brittle", StatusCode::OK).await;
    handle.fault(Fault::new(FaultKind::Oom));
    let (status, failed) = chat(&world, "brittle").await;
    assert_eq!(
        (status, &failed["error"]["code"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("engine_out_of_memory"))
    );
    let begun = Instant::now();
    let told = loop {
        let (status, errors) = world.send(Actor::Operator, Method::GET, "/deployments/errors", None).await;
        assert_eq!(status, StatusCode::OK, "{errors}");
        if let Some(first) = errors["data"].get(0) {
            break first.clone();
        }
        assert!(begun.elapsed() < PATIENCE, "the failed call is not told");
        tokio::time::sleep(Duration::from_millis(50)).await;
    };
    assert_eq!(told["deployment_id"], made["id"]);
    assert_eq!((&told["deployment"], &told["engine"]), (&json!("brittle one"), &json!("vllm")));
    assert_eq!((&told["error"], &told["calls"]), (&json!("engine_out_of_memory"), &json!(1)));
    let (status, _) = world
        .send(Actor::Operator, Method::GET, "/deployments/errors?since=2020-01-01T00:00:00Z", None)
        .await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn a_model_says_what_it_can_and_refuses_what_nobody_can() {
    let world = World::new().await;
    let embedder = json!({"name": "embedder", "kind": "embedding", "context_length": 512});
    let made = posted(&world, "/models", embedder).await;
    assert_eq!((&made["output_modalities"], &made["capabilities"]), (&json!(["embeddings"]), &json!([])));
    let seeing = json!({"name": "seeing", "context_length": 8192, "capabilities": ["tools", "vision"]});
    let made = posted(&world, "/models", seeing).await;
    assert_eq!(made["input_modalities"], json!(["text", "image"]));
    let path = format!("/models/{}", made["id"].as_str().unwrap());
    let fewer = Some(json!({"capabilities": ["tools"], "input_modalities": ["text"]}));
    let (_, changed) = world.send(Actor::Operator, Method::PATCH, &path, fewer).await;
    assert_eq!(changed["capabilities"], json!(["tools"]));
    for (field, body) in [
        ("capabilities[0]", json!({"name": "x", "context_length": 1, "capabilities": ["magic"]})),
        ("kind", json!({"name": "x", "context_length": 1, "kind": "oracle"})),
        ("output_modalities[0]", json!({"name": "x", "context_length": 1, "output_modalities": ["smell"]})),
    ] {
        let (status, problem) = world.send(Actor::Operator, Method::POST, "/models", Some(body)).await;
        assert_eq!((status, &problem["errors"][0]["field"]), (StatusCode::BAD_REQUEST, &json!(field)));
    }
}

#[tokio::test]
async fn a_tokenizer_is_checked_and_named_by_its_content() {
    let world = World::new().await;
    let put = async |body| {
        world.send(Actor::Operator, Method::PUT, "/models/{model_id}/tokenizer", Some(body)).await
    };
    let (status, problem) = put(json!({"model": {"type": "BPE", "vocab": {}}})).await;
    assert_eq!(status, StatusCode::BAD_REQUEST, "{problem}");
    let (status, model) = put(tokenizer_file()).await;
    assert_eq!(status, StatusCode::OK, "{model}");
    assert_eq!(model["tokenizer"].as_str().unwrap().len(), 64);
    assert_eq!(model["tokenizer_bytes"], tokenizer_file().to_string().len());
    let (status, _) = world.send(Actor::Operator, Method::DELETE, "/models/{model_id}/tokenizer", None).await;
    assert_eq!(status, StatusCode::NO_CONTENT);
    let (_, model) = world.send(Actor::Operator, Method::GET, "/models/{model_id}", None).await;
    assert_eq!((&model["tokenizer"], &model["tokenizer_bytes"]), (&Value::Null, &Value::Null));
}

/// A model that is served nowhere but by the tenant's own upstream.
async fn with_own_upstream(world: &World) -> Handle {
    let handle = sim::spawn(SimOptions {
        api_key: Some("sk-own".into()),
        ..SimOptions::unpaced(Engine::Openai, ["gpt-own"])
    })
    .await
    .unwrap();
    posted(world, "/models", json!({"name": "gpt-own", "context_length": 8192, "grant_all": true})).await;
    let new = json!({"name": "My account", "engine": "openai", "base_url": handle.base_url(), "model": "gpt-own",
        "credential": "sk-own"});
    let (status, made) = world.send(OWNER, Method::POST, "/tenants/{tenant_id}/upstreams", Some(new)).await;
    assert_eq!(status, StatusCode::CREATED, "{made}");
    assert!(!made.to_string().contains("sk-own"));
    handle
}

async fn external_flag(world: &World, model: &str) -> Value {
    let (_, models) = world.send(OWNER, Method::GET, "/tenants/{tenant_id}/models", None).await;
    let found = models["data"].as_array().unwrap().iter().find(|one| one["name"] == model).unwrap();
    found["external"].clone()
}

#[tokio::test]
async fn a_tenant_s_own_upstream_serves_it_while_the_operator_allows_engines_outside() {
    let world = World::new().await;
    let _engine = with_own_upstream(&world).await;
    chat_until(&world, "gpt-own", StatusCode::OK).await;
    assert_eq!(external_flag(&world, "gpt-own").await, true);
    assert_eq!(external_flag(&world, "sim-8b").await, true, "the sample upstream serves it");
    let allow = |allowed: bool| Some(json!({"external_engines": allowed}));
    world.send(Actor::Operator, Method::PATCH, "/tenants/{tenant_id}", allow(false)).await;
    chat_until(&world, "gpt-own", StatusCode::SERVICE_UNAVAILABLE).await;
    assert_eq!(external_flag(&world, "gpt-own").await, false);
    let another = json!({"name": "More", "engine": "openai", "base_url": "{engine}", "model": "sim-8b", "credential": "k"});
    let (status, _) = world.send(OWNER, Method::POST, "/tenants/{tenant_id}/upstreams", Some(another)).await;
    assert_eq!(status, StatusCode::FORBIDDEN);
    let (status, _) = world.send(OWNER, Method::PATCH, "/tenants/{tenant_id}", allow(true)).await;
    assert_eq!(status, StatusCode::FORBIDDEN, "a tenant does not allow itself");
}

#[tokio::test]
async fn a_data_class_that_stays_inside_keeps_a_project_s_calls_inside() {
    let world = World::new().await;
    let _engine = with_own_upstream(&world).await;
    chat_until(&world, "gpt-own", StatusCode::OK).await;
    let project = "/tenants/{tenant_id}/projects/{default_project_id}";
    let set = async |actor, class: Value| {
        world.send(actor, Method::PATCH, project, Some(json!({"data_class": class}))).await
    };
    assert_eq!(set(Actor::Member(Role::Developer), json!("confidential")).await.0, StatusCode::FORBIDDEN);
    assert_eq!(set(OWNER, json!("unheard-of")).await.0, StatusCode::BAD_REQUEST);
    let (status, changed) = set(OWNER, json!("confidential")).await;
    assert_eq!((status, &changed["data_class"]), (StatusCode::OK, &json!("confidential")));
    let begun = Instant::now();
    while chat(&world, "gpt-own").await.0.is_success() {
        assert!(begun.elapsed() < PATIENCE, "calls still leave");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert_eq!(chat(&world, "sim-8b").await.0, StatusCode::OK, "inside it goes on");
    assert_eq!(set(OWNER, Value::Null).await.1["data_class"], Value::Null);
    chat_until(&world, "gpt-own", StatusCode::OK).await;
}
