use http::{Method, StatusCode};
use serde_json::json;
use sim::{Engine, Fault, FaultKind, SimOptions, spawn};

use crate::client::{chat, events, get, json_of, post, send, status, text_of};

const CHAT: &str = "/v1/chat/completions";

async fn nim() -> sim::Handle {
    spawn(SimOptions::unpaced(Engine::Nim, ["meta/llama"])).await.unwrap()
}

#[tokio::test]
async fn it_lives_before_it_is_ready() {
    let sim = nim().await;
    assert_eq!(get(&sim, "/v1/health/ready").await.0, StatusCode::OK);
    sim.fault(Fault::new(FaultKind::Loading));
    assert_eq!(status(&sim, Method::GET, "/v1/health/live").await, StatusCode::OK);
    let (status, body) = get(&sim, "/v1/health/ready").await;
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body, json!({"object": "health.response", "message": "Service is not ready."}));
}

#[tokio::test]
async fn metrics_have_no_prefix_and_live_under_v1() {
    let sim = nim().await;
    let metrics = text_of(send(&sim, Method::GET, "/v1/metrics", "").await).await;
    for name in ["gpu_cache_usage_perc", "num_requests_running", "num_requests_waiting"] {
        assert!(metrics.contains(&format!("\n{name}{{model_name=\"meta/llama\"}} 0.0\n")), "{metrics}");
    }
    assert_eq!(get(&sim, "/v1/metadata").await.1["modelInfo"][0]["shortName"], "meta/llama:simulated");
    assert_eq!(status(&sim, Method::GET, "/health").await, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn errors_are_flat_and_nested_inside_a_stream() {
    let sim = nim().await;
    let (status, body) = json_of(post(&sim, CHAT, &chat("hello", false)).await).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!((&body["object"], &body["code"]), (&json!("error"), &json!(404)));
    let mut request = chat("hello", true);
    request["model"] = json!("meta/llama");
    sim.fault(Fault::new(FaultKind::ErrorIn200).times(1));
    let chunks = events(&text_of(post(&sim, CHAT, &request).await).await);
    assert_eq!(chunks[0]["error"]["code"], 500);
}

#[tokio::test]
async fn thoughts_are_reasoning_content() {
    let options = SimOptions { reasoning: true, ..SimOptions::unpaced(Engine::Nim, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let (_, body) = json_of(post(&sim, CHAT, &chat("hello", false)).await).await;
    assert!(body["choices"][0]["message"]["reasoning_content"].as_str().unwrap().contains("hello"));
}

#[tokio::test]
async fn passages_are_ranked_by_logits() {
    let sim = spawn(SimOptions::unpaced(Engine::Nim, ["nv-rerank"])).await.unwrap();
    let request = json!({"model": "nv-rerank", "query": {"text": "bread"}, "passages": [{"text": "steel"}, {"text": "fresh bread"}]});
    let (_, body) = json_of(post(&sim, "/v1/ranking", &request).await).await;
    assert_eq!(body["rankings"][0]["index"], 1);
    assert!(body["rankings"][0]["logit"].is_f64());
}

#[tokio::test]
async fn tokens_read_back() {
    let sim = nim().await;
    let (_, tokens) = json_of(post(&sim, "/tokenize", &json!({"prompt": "Hello there"})).await).await;
    let back = json!({"tokens": tokens["tokens"]});
    assert_eq!(json_of(post(&sim, "/detokenize", &back).await).await.1, json!({"prompt": "Hello there"}));
}
