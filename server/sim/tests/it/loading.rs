use http::{Method, StatusCode};
use serde_json::json;
use sim::{Engine, SimOptions, spawn};

use crate::client::{chat, get, json_of, post, set_fault, status};

#[tokio::test]
async fn a_model_that_loads_refuses_readiness_and_calls() {
    for (engine, ready) in [
        (Engine::Vllm, "/health"),
        (Engine::Sglang, "/health"),
        (Engine::Tgi, "/health"),
        (Engine::Tei, "/health"),
        (Engine::Nim, "/v1/health/ready"),
        (Engine::Llamacpp, "/health"),
    ] {
        let sim = spawn(SimOptions::unpaced(engine, ["m"])).await.unwrap();
        assert_eq!(status(&sim, Method::GET, ready).await, StatusCode::OK, "{engine:?}");
        set_fault(&sim, json!({"kind": "loading"})).await;
        assert_eq!(status(&sim, Method::GET, ready).await, StatusCode::SERVICE_UNAVAILABLE, "{engine:?}");
        let path = if engine == Engine::Tei { "/embed" } else { "/v1/chat/completions" };
        let (status, _) = json_of(post(&sim, path, &chat("hello", false)).await).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE, "{engine:?}");
    }
}

#[tokio::test]
async fn llamacpp_says_loading_model() {
    let sim = spawn(SimOptions::unpaced(Engine::Llamacpp, ["m"])).await.unwrap();
    set_fault(&sim, json!({"kind": "loading"})).await;
    let error = json!({"error": {"message": "Loading model", "type": "unavailable_error", "code": 503}});
    assert_eq!(get(&sim, "/health").await.1, error);
}
