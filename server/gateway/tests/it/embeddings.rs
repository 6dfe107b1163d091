//! `POST /v1/embeddings`.

use base64::{Engine as _, prelude::BASE64_STANDARD};
use metering::Operation;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sim::Engine;
use snapshot::ModelKind;

use crate::{
    told::{cost, good, good_text, judge, refused},
    world::{Plan, World},
};

async fn world(engine: Engine) -> World {
    let mut plan = Plan::of(&[engine]);
    plan.sim = |options| options.models = vec!["sim-8b".into(), "sim-embed=embedding".into()];
    let mut world = plan.start().await;
    world.serve("embedder", ModelKind::Embedding, 0, "sim-embed");
    world
}

async fn tei() -> World {
    let mut plan = Plan::of(&[Engine::Tei]);
    plan.sim = |options| options.models = vec!["sim-embed=embedding".into()];
    let mut world = plan.start().await;
    world.serve("embedder", ModelKind::Embedding, 0, "sim-embed");
    world
}

fn input(of: Value) -> Value {
    json!({"model": "embedder", "input": of})
}

fn floats(embedding: &Value) -> Vec<f32> {
    match embedding {
        Value::String(text) => BASE64_STANDARD
            .decode(text)
            .unwrap()
            .chunks_exact(4)
            .map(|four| f32::from_le_bytes(four.try_into().unwrap()))
            .collect(),
        array => serde_json::from_value(array.clone()).unwrap(),
    }
}

#[tokio::test]
async fn every_engine_embeds_and_prompt_tokens_are_billed() {
    for world in [
        world(Engine::Vllm).await,
        world(Engine::Openai).await,
        world(Engine::Ollama).await,
        world(Engine::Llamacpp).await,
        tei().await,
    ] {
        let text =
            good_text(world.post("/v1/embeddings", &input(json!(["one railway", "two railways"])))).await;
        let told = cost(&text);
        let answer: Value = serde_json::from_str(&text).unwrap();
        judge("CreateEmbeddingResponse", &answer);
        assert_eq!(answer["model"], "embedder");
        assert_eq!(answer["data"].as_array().unwrap().len(), 2);
        assert_eq!(answer["data"][1]["index"], 1);
        assert!(answer["usage"].get("completion_tokens").is_none(), "{answer}");
        let event = world.events(1).await.remove(0);
        assert_eq!(event.operation, Operation::Embedding);
        assert_eq!(json!(event.tokens.prompt), answer["usage"]["prompt_tokens"]);
        assert_eq!((event.tokens.completion, event.amount), (0, told));
        assert_eq!(event.amount, Decimal::from(event.tokens.prompt) * Decimal::new(1, 6));
    }
}

#[tokio::test]
async fn base64_and_floats_are_the_same_numbers() {
    for world in [world(Engine::Vllm).await, world(Engine::Ollama).await, tei().await] {
        let plain = good(world.post("/v1/embeddings", &input(json!("a switchyard")))).await;
        let mut body = input(json!("a switchyard"));
        body["encoding_format"] = json!("base64");
        let packed = good(world.post("/v1/embeddings", &body)).await;
        assert!(packed["data"][0]["embedding"].is_string());
        assert_eq!(floats(&packed["data"][0]["embedding"]), floats(&plain["data"][0]["embedding"]));
    }
}

#[tokio::test]
async fn dimensions_and_token_arrays_reach_the_engine() {
    let world = world(Engine::Vllm).await;
    let mut body = input(json!([[1, 2, 3], [4, 5]]));
    body["dimensions"] = json!(64);
    let answer = good(world.post("/v1/embeddings", &body)).await;
    assert_eq!(answer["data"].as_array().unwrap().len(), 2);
    assert_eq!(floats(&answer["data"][0]["embedding"]).len(), 64);
    let sent = world.sims[0].stats().last_request.unwrap().body;
    assert_eq!((&sent["input"], &sent["dimensions"]), (&json!([[1, 2, 3], [4, 5]]), &json!(64)));
}

#[tokio::test]
async fn more_inputs_than_the_engine_takes_at_once_are_cut_and_put_together() {
    let world = tei().await;
    let inputs: Vec<_> = (0..100).map(|number| format!("text {number}")).collect();
    let answer = good(world.post("/v1/embeddings", &input(json!(inputs)))).await;
    let data = answer["data"].as_array().unwrap();
    let indexes: Vec<_> = data.iter().map(|one| one["index"].as_u64().unwrap()).collect();
    assert_eq!(indexes, (0..100).collect::<Vec<_>>());
    assert!(world.sims[0].stats().requests > 1);
    assert_eq!(world.events(1).await.len(), 1, "one call, however many requests");
    let alone = good(world.post("/v1/embeddings", &input(json!("text 77")))).await;
    assert_eq!(floats(&alone["data"][0]["embedding"]), floats(&data[77]["embedding"]));
}

#[tokio::test]
async fn each_input_must_fit_the_context_by_itself() {
    let mut world = world(Engine::Vllm).await;
    for model in &mut world.draft.rows.models {
        model.context_length = 64;
    }
    world.publish();
    // Together they are longer than the context; each alone is not.
    let inputs = vec!["ten words of text that fit the context well enough"; 20];
    good(world.post("/v1/embeddings", &input(json!(inputs)))).await;
    let long = "word ".repeat(200);
    let error = refused(world.post("/v1/embeddings", &input(json!(["short", long])))).await;
    assert_eq!(error, (400, "context_length_exceeded".into(), Some("input".into())));
}
