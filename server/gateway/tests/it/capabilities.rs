//! What a model is listed without is refused by the field that asks for it, on every surface by the surface's name.

use serde_json::{Value, json};
use sim::Engine;

use crate::{
    told::{good, refused},
    world::{Plan, World, hello},
};

/// A model that is known to do nothing but chat, and takes images by its modalities.
async fn plain() -> World {
    let mut world = Plan::of(&[Engine::Vllm]).start().await;
    let id = world.model;
    world.change_model(id, |model| {
        model.capabilities = vec!["lora".into()];
        model.input_modalities.push("image".into());
    });
    world.publish();
    world
}

fn with(fields: Value) -> Value {
    let mut body = hello();
    body.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    body
}

fn unsupported(field: &str) -> (u16, String, Option<String>) {
    (400, "unsupported_parameter".into(), Some(field.into()))
}

#[tokio::test]
async fn each_field_is_refused_by_its_name_before_the_engine_is_asked() {
    let world = plain().await;
    let tool = json!([{"type": "function", "function": {"name": "f"}}]);
    let schema = json!({"type": "json_schema", "json_schema": {"name": "x", "schema": {"type": "object"}}});
    let image = json!([{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}]}]);
    for (fields, field) in [
        (json!({"tools": tool}), "tools"),
        (json!({"response_format": schema}), "response_format"),
        (json!({"logprobs": true}), "logprobs"),
        (json!({"top_logprobs": 2}), "top_logprobs"),
        (json!({"messages": image}), "messages[0].content"),
    ] {
        assert_eq!(refused(world.chat(&with(fields))).await, unsupported(field), "{field}");
    }
    // Values that ask for nothing are no request for a capability.
    good(world.chat(&with(json!({
        "tools": [], "logprobs": false, "response_format": {"type": "text"}, "tool_choice": "none"
    }))))
    .await;
    let completion = json!({"model": "llama", "prompt": "x"});
    assert_eq!(refused(world.post("/v1/completions", &completion)).await, unsupported("model"));
    let response = json!({"model": "llama", "input": "x", "text": {"format": {
        "type": "json_schema", "name": "x", "schema": {"type": "object"}
    }}});
    assert_eq!(refused(world.post("/v1/responses", &response)).await, unsupported("text.format"));
    assert_eq!(world.sims[0].stats().requests, 1);
}

#[tokio::test]
async fn a_model_of_another_kind_is_refused_with_the_place_where_it_answers() {
    let mut world = Plan::of(&[Engine::Vllm]).start().await;
    world.serve("embedder", snapshot::ModelKind::Embedding, 0, "sim-8b");
    let mut body = hello();
    body["model"] = json!("embedder");
    let response = world.chat(&body).send().await.unwrap();
    let told: Value = response.json().await.unwrap();
    assert_eq!(told["error"]["param"], "model");
    assert!(told["error"]["message"].as_str().unwrap().contains("/v1/embeddings"), "{told}");
    let embed = json!({"model": "llama", "input": "x"});
    assert_eq!(refused(world.post("/v1/embeddings", &embed)).await, unsupported("model"));
}
