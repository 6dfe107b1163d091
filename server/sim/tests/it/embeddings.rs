use http::StatusCode;
use serde_json::{Value, json};
use sim::{Engine, Handle, SimOptions, spawn};

use crate::client::{json_of, post};

const PATH: &str = "/v1/embeddings";

async fn vector(sim: &Handle, body: Value) -> Vec<f64> {
    let (status, body) = json_of(post(sim, PATH, &body).await).await;
    assert_eq!(status, StatusCode::OK, "{body}");
    body["data"][0]["embedding"].as_array().unwrap().iter().map(|value| value.as_f64().unwrap()).collect()
}

fn near(left: &[f64], right: &[f64]) -> f64 {
    left.iter().zip(right).map(|(l, r)| l * r).sum()
}

#[tokio::test]
async fn every_engine_gives_the_same_unit_vectors_with_like_near_like() {
    let engines = [
        Engine::Vllm,
        Engine::Sglang,
        Engine::Nim,
        Engine::Llamacpp,
        Engine::Ollama,
        Engine::Openai,
        Engine::Tei,
    ];
    let mut first = None;
    for engine in engines {
        let sim = spawn(SimOptions::unpaced(engine, ["e=embedding"])).await.unwrap();
        let text = |text: &str| vector(&sim, json!({"model": "e", "input": text}));
        let question = text("How do I reset my password?").await;
        assert!((near(&question, &question) - 1.0).abs() < 1e-3);
        let (like, unlike) = (text("Resetting a password").await, text("Quarterly revenue grew").await);
        assert!(near(&question, &like) > near(&question, &unlike) + 0.2, "{engine:?}");
        assert_eq!(first.get_or_insert_with(|| question.clone()), &question, "{engine:?}");
    }
}

#[tokio::test]
async fn base64_holds_the_same_numbers_as_little_endian_floats() {
    let sim = spawn(SimOptions::unpaced(Engine::Vllm, ["e=embedding"])).await.unwrap();
    let floats = vector(&sim, json!({"model": "e", "input": "hello", "dimensions": 64})).await;
    assert_eq!(floats.len(), 64);
    assert!((near(&floats, &floats) - 1.0).abs() < 1e-3);
    let request = json!({"model": "e", "input": "hello", "dimensions": 64, "encoding_format": "base64"});
    let (_, body) = json_of(post(&sim, PATH, &request).await).await;
    let text = body["data"][0]["embedding"].as_str().unwrap();
    let bytes = base64::Engine::decode(&base64::engine::general_purpose::STANDARD, text).unwrap();
    let numbers: Vec<_> =
        bytes.chunks_exact(4).map(|four| f64::from(f32::from_le_bytes(four.try_into().unwrap()))).collect();
    assert!(numbers.iter().zip(&floats).all(|(l, r)| (l - r).abs() < 1e-6));
}

#[tokio::test]
async fn texts_and_their_tokens_embed_alike() {
    let sim = spawn(SimOptions::unpaced(Engine::Vllm, ["e=embedding"])).await.unwrap();
    let (_, tokens) = json_of(post(&sim, "/tokenize", &json!({"prompt": "Hello there"})).await).await;
    let ids = &tokens["tokens"];
    let by_text = vector(&sim, json!({"model": "e", "input": "Hello there"})).await;
    assert_eq!(by_text, vector(&sim, json!({"model": "e", "input": ids})).await);
    assert_eq!(by_text, vector(&sim, json!({"model": "e", "input": [ids]})).await);
}

#[tokio::test]
async fn wrong_models_and_dimensions_are_refused() {
    let sim = spawn(SimOptions::unpaced(Engine::Vllm, ["m", "e=embedding"])).await.unwrap();
    let (status, body) = json_of(post(&sim, PATH, &json!({"model": "m", "input": "a"})).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body["error"]["message"], "The model does not support Embeddings API");
    let (status, _) =
        json_of(post(&sim, PATH, &json!({"model": "e", "input": "a", "dimensions": 385})).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(sim.stats().failed, 2);
}

#[tokio::test]
async fn ollama_embeds_on_its_own_routes_too() {
    let sim = spawn(SimOptions::unpaced(Engine::Ollama, ["m"])).await.unwrap();
    let (_, body) =
        json_of(post(&sim, "/api/embed", &json!({"model": "m", "input": ["hello", "bye"]})).await).await;
    assert_eq!((body["embeddings"].as_array().unwrap().len(), &body["prompt_eval_count"]), (2, &json!(2)));
    let (_, one) =
        json_of(post(&sim, "/api/embeddings", &json!({"model": "m", "prompt": "hello"})).await).await;
    assert_eq!(one["embedding"], body["embeddings"][0]);
    let long = json!({"model": "m", "input": "word ".repeat(9000), "truncate": false});
    let (status, body) = json_of(post(&sim, "/api/embed", &long).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(body, json!({"error": "the input length exceeds the context length"}));
}

#[tokio::test]
async fn an_unknown_kind_of_model_is_refused_by_name() {
    let error = spawn(SimOptions::unpaced(Engine::Vllm, ["m=poet"])).await.unwrap_err().to_string();
    assert!(error.contains("m=poet") && error.contains("embedding"), "{error}");
}
