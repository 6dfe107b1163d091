use std::time::{Duration, Instant};

use http::StatusCode;
use http_body_util::BodyExt;
use serde_json::json;
use sim::{Engine, SimOptions, spawn};

use crate::client::{chat, json_of, post, text_of, until};

#[tokio::test]
async fn tokens_come_at_the_set_pace() {
    let options = SimOptions { ttft_ms: 40, tokens_per_s: 200.0, ..SimOptions::unpaced(Engine::Vllm, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let mut request = chat("hello", true);
    request["max_tokens"] = json!(21);
    let began = Instant::now();
    text_of(post(&sim, "/v1/chat/completions", &request).await).await;
    // 40 ms, then 20 times 5 ms.
    assert!(began.elapsed() >= Duration::from_millis(140), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_caller_who_leaves_is_counted_as_cancelled() {
    let options = SimOptions { tokens_per_s: 20.0, ..SimOptions::unpaced(Engine::Vllm, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let mut stream = post(&sim, "/v1/chat/completions", &chat("hello", true)).await.unwrap().into_body();
    stream.frame().await.unwrap().unwrap();
    drop(stream);
    let view = until(&sim, |view| view.cancelled == 1).await;
    assert_eq!((view.in_flight, view.completed), (0, 0));

    let waiting = chat("hello", false);
    let left =
        tokio::time::timeout(Duration::from_millis(50), post(&sim, "/v1/chat/completions", &waiting)).await;
    assert!(left.is_err());
    until(&sim, |view| view.cancelled == 2).await;
}

#[tokio::test]
async fn calls_beyond_slots_and_queue_are_refused() {
    let options =
        SimOptions { ttft_ms: 60_000, slots: 1, queue: 1, ..SimOptions::unpaced(Engine::Ollama, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let request = chat("hello", true);
    let first = post(&sim, "/api/chat", &request);
    let second = post(&sim, "/api/chat", &request);
    let third = async {
        until(&sim, |view| view.in_flight == 2).await;
        json_of(post(&sim, "/api/chat", &request).await).await
    };
    let (status, body) = tokio::select! {
        _ = first => unreachable!("the first waits a minute"),
        _ = second => unreachable!("the second waits for the first"),
        refused = third => refused,
    };
    assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(body, json!({"error": "server busy, please try again.  maximum pending requests exceeded"}));
}

#[tokio::test]
async fn answers_under_way_end_before_it_stops() {
    let options = SimOptions { tokens_per_s: 400.0, ..SimOptions::unpaced(Engine::Vllm, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let stream = post(&sim, "/v1/chat/completions", &chat("hello", true)).await.unwrap().into_body();
    let reading = tokio::spawn(stream.collect());
    sim.stop().await;
    let body = reading.await.unwrap().unwrap().to_bytes();
    assert!(body.ends_with(b"data: [DONE]\n\n"));
}

#[tokio::test]
async fn options_that_cannot_work_are_refused_by_name() {
    let options = SimOptions { slots: 0, ..SimOptions::unpaced(Engine::Vllm, ["m"]) };
    assert!(spawn(options).await.unwrap_err().to_string().contains("--slots"));
    let options = SimOptions { tokens_per_s: f64::NAN, ..SimOptions::unpaced(Engine::Vllm, ["m"]) };
    assert!(spawn(options).await.unwrap_err().to_string().contains("--tokens-per-s"));
}
