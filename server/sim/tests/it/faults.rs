use std::time::Duration;

use bytes::Bytes;
use http::{Method, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind, SimOptions, spawn};

use crate::client::{chat, events, get, json_of, lines, post, send, set_fault, text_of, until};

const CHAT: &str = "/v1/chat/completions";

async fn vllm() -> sim::Handle {
    spawn(SimOptions::unpaced(Engine::Vllm, ["m"])).await.unwrap()
}

/// What comes until the stream ends, breaks or falls silent for 100 ms.
async fn read(mut body: Incoming) -> (Vec<Bytes>, &'static str) {
    let mut read = Vec::new();
    loop {
        match tokio::time::timeout(Duration::from_millis(100), body.frame()).await {
            Err(_) => return (read, "silent"),
            Ok(None) => return (read, "ended"),
            Ok(Some(Err(_))) => return (read, "broken"),
            Ok(Some(Ok(frame))) => read.extend(frame.into_data().ok()),
        }
    }
}

async fn streamed(sim: &sim::Handle) -> (String, &'static str) {
    let (parts, end) = read(post(sim, CHAT, &chat("hello", true)).await.unwrap().into_body()).await;
    (String::from_utf8(parts.concat()).unwrap(), end)
}

fn contents(text: &str) -> usize {
    text.matches(r#"{"content":"#).count()
}

#[tokio::test]
async fn a_refused_connection_gets_no_byte() {
    let sim = vllm().await;
    set_fault(&sim, json!({"kind": "refuse", "times": 1})).await;
    assert!(post(&sim, CHAT, &chat("hello", false)).await.is_err());
    assert!(post(&sim, CHAT, &chat("hello", false)).await.is_ok());
}

#[tokio::test]
async fn hanging_sends_nothing_until_the_caller_leaves() {
    let sim = vllm().await;
    set_fault(&sim, json!({"kind": "hang"})).await;
    let hanging =
        tokio::time::timeout(Duration::from_millis(50), post(&sim, CHAT, &chat("hello", true))).await;
    assert!(hanging.is_err());
    until(&sim, |view| view.cancelled == 1).await;
    sim.clear_faults();
    assert!(post(&sim, CHAT, &chat("hello", true)).await.is_ok());
}

#[tokio::test]
async fn a_stall_comes_after_the_tokens_asked_for() {
    let sim = vllm().await;
    sim.fault(Fault::new(FaultKind::Stall).after_tokens(3).times(1));
    let (text, end) = streamed(&sim).await;
    assert_eq!((contents(&text), end), (3, "silent"));

    sim.fault(Fault::new(FaultKind::Stall).after_tokens(0).times(1));
    let (text, end) = streamed(&sim).await;
    assert!(text.contains(r#""role":"assistant""#));
    assert_eq!((contents(&text), end), (0, "silent"));
}

#[tokio::test]
async fn a_reset_breaks_and_a_truncation_ends() {
    let sim = vllm().await;
    sim.fault(Fault::new(FaultKind::Reset).after_tokens(2).times(1));
    let (text, end) = streamed(&sim).await;
    assert_eq!((contents(&text), end), (2, "broken"));

    sim.fault(Fault::new(FaultKind::Truncate).after_tokens(2).times(1));
    let (text, end) = streamed(&sim).await;
    assert_eq!((contents(&text), end), (2, "ended"));
    assert!(!text.contains("[DONE]"));
    assert_eq!(sim.stats().failed, 2);
}

#[tokio::test]
async fn a_malformed_chunk_is_followed_by_the_rest() {
    let sim = vllm().await;
    let whole = text_of(post(&sim, CHAT, &chat("hello", true)).await).await;
    sim.fault(Fault::new(FaultKind::MalformedChunk).after_tokens(2));
    let text = text_of(post(&sim, CHAT, &chat("hello", true)).await).await;
    let broken = text
        .split("\n\n")
        .filter_map(|frame| frame.strip_prefix("data: {"))
        .filter(|rest| serde_json::from_str::<Value>(&format!("{{{rest}")).is_err());
    assert_eq!(broken.count(), 1);
    assert_eq!(text.matches("data: ").count(), whole.matches("data: ").count() + 1);
}

#[tokio::test]
async fn an_error_inside_a_200_is_the_first_frame_or_a_later_one() {
    let sim = vllm().await;
    sim.fault(Fault::new(FaultKind::ErrorIn200).times(1));
    let chunks = events(&text_of(post(&sim, CHAT, &chat("hello", true)).await).await);
    assert_eq!(chunks.len(), 1);
    assert_eq!(chunks[0]["error"]["code"], 500);

    sim.fault(Fault::new(FaultKind::ErrorIn200).after_tokens(2).times(1));
    let chunks = events(&text_of(post(&sim, CHAT, &chat("hello", true)).await).await);
    assert!(chunks.len() > 2 && chunks.last().unwrap()["error"].is_object());

    sim.fault(Fault::new(FaultKind::ErrorIn200).times(1));
    let (status, body) = json_of(post(&sim, CHAT, &chat("hello", false)).await).await;
    assert_eq!((status, body["error"].is_object()), (StatusCode::OK, true));
}

#[tokio::test]
async fn faults_apply_one_after_the_other() {
    let sim = vllm().await;
    set_fault(&sim, json!({"kind": "http_429", "times": 1})).await;
    set_fault(&sim, json!({"kind": "http_503", "times": 1, "message": "busy"})).await;
    set_fault(&sim, json!({"kind": "oom", "times": 1})).await;
    let request = chat("hello", false);
    let ask = || post(&sim, CHAT, &request);
    let limited = ask().await.unwrap();
    assert_eq!(
        (limited.status(), &limited.headers()["retry-after"]),
        (StatusCode::TOO_MANY_REQUESTS, &"1".parse().unwrap())
    );
    let (status, body) = json_of(ask().await).await;
    assert_eq!((status, &body["error"]["message"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("busy")));
    let (status, body) = json_of(ask().await).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(body["error"]["message"].as_str().unwrap().contains("out of memory"));
    assert_eq!(ask().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_fault_of_the_widest_scope_reaches_the_health_check() {
    let sim = vllm().await;
    set_fault(&sim, json!({"kind": "http_503"})).await;
    assert_eq!(send(&sim, Method::GET, "/health", "").await.unwrap().status(), StatusCode::OK);
    sim.clear_faults();
    set_fault(&sim, json!({"kind": "http_503", "scope": "all"})).await;
    assert_eq!(
        send(&sim, Method::GET, "/health", "").await.unwrap().status(),
        StatusCode::SERVICE_UNAVAILABLE
    );
    send(&sim, Method::DELETE, "/_fault", "").await.unwrap();
    assert_eq!(send(&sim, Method::GET, "/health", "").await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn slowness_delays_each_token() {
    let sim = vllm().await;
    set_fault(&sim, json!({"kind": "slow", "delay_ms": 20})).await;
    let mut request = chat("hello", false);
    request["max_tokens"] = json!(5);
    let began = std::time::Instant::now();
    assert_eq!(post(&sim, CHAT, &request).await.unwrap().status(), StatusCode::OK);
    assert!(began.elapsed() >= Duration::from_millis(100));
}

#[tokio::test]
async fn ollama_breaks_in_its_own_words() {
    let sim = spawn(SimOptions::unpaced(Engine::Ollama, ["m"])).await.unwrap();
    sim.fault(Fault::new(FaultKind::ErrorIn200).after_tokens(2).times(1));
    let lines = lines(&text_of(post(&sim, "/api/chat", &chat("hello", true)).await).await);
    assert_eq!(lines.len(), 3);
    assert!(lines[2]["error"].is_string());
}

#[tokio::test]
async fn an_unknown_fault_is_refused_and_the_last_request_is_shown() {
    let sim = vllm().await;
    let (status, body) = json_of(post(&sim, "/_fault", &json!({"kind": "melt"})).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert!(body["error"].as_str().unwrap().contains("expected one of `refuse`"));
    let (status, _) = json_of(post(&sim, "/_fault", &json!({"kind": "hang", "time": 1})).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);

    let request = chat("hello", false);
    post(&sim, CHAT, &request).await.unwrap();
    let (_, stats) = get(&sim, "/_stats").await;
    assert_eq!((&stats["last_request"]["path"], &stats["last_request"]["body"]), (&json!(CHAT), &request));
    assert_eq!(stats["last_request"]["headers"]["host"], "sim");
}
