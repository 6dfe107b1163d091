use http::{Method, StatusCode};
use serde_json::{Value, json};
use sim::{Engine, SimOptions, spawn};

use crate::client::{chat, events, get, json_of, post, seeing, send, status, text_of, tools, until};

const CHAT: &str = "/v1/chat/completions";

async fn llamacpp() -> sim::Handle {
    spawn(SimOptions::unpaced(Engine::Llamacpp, ["m"])).await.unwrap()
}

#[tokio::test]
async fn a_stream_begins_with_null_content_and_ends_with_an_empty_delta() {
    let sim = llamacpp().await;
    let mut request = chat("hello", true);
    request["stream_options"] = json!({"include_usage": true});
    let chunks = events(&text_of(post(&sim, CHAT, &request).await).await);
    assert_eq!(chunks[0]["choices"][0]["delta"], json!({"role": "assistant", "content": null}));
    assert!(chunks[1]["choices"][0].get("logprobs").is_none());
    let end = &chunks[chunks.len() - 2]["choices"][0];
    assert_eq!((&end["delta"], &end["finish_reason"]), (&json!({}), &json!("stop")));
    assert!(chunks.last().unwrap()["usage"]["completion_tokens"].is_u64());
}

#[tokio::test]
async fn tool_calls_stream_in_pieces() {
    let sim = llamacpp().await;
    let mut request = chat("What is the weather in Oslo?", true);
    request["tools"] = tools();
    let chunks = events(&text_of(post(&sim, CHAT, &request).await).await);
    let calls = chunks.iter().map(|chunk| &chunk["choices"][0]["delta"]["tool_calls"][0]);
    let arguments: String = calls.filter_map(|call| call["function"]["arguments"].as_str()).collect();
    assert_eq!(serde_json::from_str::<Value>(&arguments).unwrap(), json!({"city": "Oslo"}));
    assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn an_overflow_tells_both_counts() {
    let sim = llamacpp().await;
    let (status, body) = json_of(post(&sim, CHAT, &chat(&"word ".repeat(9000), false)).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    let error = &body["error"];
    assert_eq!((&error["type"], &error["n_ctx"]), (&json!("exceed_context_size_error"), &json!(8192)));
    assert_eq!((&error["n_prompt_tokens"], &error["code"]), (&json!(9008), &json!(400)));

    // A limit past the context only means that the context ends the answer.
    let mut request = chat("hello", false);
    request["max_tokens"] = json!(9000);
    assert_eq!(json_of(post(&sim, CHAT, &request).await).await.0, StatusCode::OK);
}

#[tokio::test]
async fn slots_say_when_none_is_left_and_calls_wait_without_end() {
    let options =
        SimOptions { ttft_ms: 60_000, slots: 1, queue: 0, ..SimOptions::unpaced(Engine::Llamacpp, ["m"]) };
    let sim = spawn(options).await.unwrap();
    assert_eq!(get(&sim, "/slots?fail_on_no_slot=1").await.1[0]["is_processing"], false);
    let request = chat("hello", true);
    let watch = async {
        until(&sim, |view| view.in_flight == 2).await;
        let metrics = text_of(send(&sim, Method::GET, "/metrics", "").await).await;
        (get(&sim, "/slots?fail_on_no_slot=1").await, metrics)
    };
    let ((status, body), metrics) = tokio::select! {
        _ = post(&sim, CHAT, &request) => unreachable!("the first waits a minute"),
        _ = post(&sim, CHAT, &request) => unreachable!("the second waits for the first"),
        seen = watch => seen,
    };
    assert_eq!(
        (status, &body["error"]["message"]),
        (StatusCode::SERVICE_UNAVAILABLE, &json!("no slot available"))
    );
    assert!(metrics.contains("llamacpp:requests_processing 1.0\n"), "{metrics}");
    assert!(metrics.contains("llamacpp:requests_deferred 1.0\n"), "{metrics}");
}

#[tokio::test]
async fn loras_have_scales() {
    let options =
        SimOptions { loras: vec!["a".into(), "b".into()], ..SimOptions::unpaced(Engine::Llamacpp, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let scaled = json!([{"id": 1, "scale": 0.5}]);
    let (status, body) = json_of(post(&sim, "/lora-adapters", &scaled).await).await;
    assert_eq!((status, body), (StatusCode::OK, json!({"success": true})));
    let (_, loras) = get(&sim, "/lora-adapters").await;
    assert_eq!(
        (&loras[0]["scale"], &loras[1]["scale"], &loras[1]["id"]),
        (&json!(0.0), &json!(0.5), &json!(1))
    );
    let (_, body) = json_of(post(&sim, CHAT, &chat("hello", false)).await).await;
    assert!(body["choices"][0]["message"]["content"].as_str().unwrap().contains("Speaking as “b”"));
    for wrong in [json!([{"id": 2, "scale": 1.0}]), json!({"id": 0})] {
        let (status, _) = json_of(post(&sim, "/lora-adapters", &wrong).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
    }
}

#[tokio::test]
async fn it_tells_of_itself_and_of_its_tokens() {
    let sim = llamacpp().await;
    assert_eq!(get(&sim, "/health").await.1, json!({"status": "ok"}));
    assert_eq!(get(&sim, "/props").await.1["default_generation_settings"]["n_ctx"], 8192);
    assert_eq!(get(&sim, "/v1/models").await.1["data"][0]["meta"]["n_ctx_train"], 8192);
    assert_eq!(status(&sim, Method::GET, "/models").await, StatusCode::OK);
    let text = json!({"content": "Hello there, world"});
    let (_, tokens) = json_of(post(&sim, "/tokenize", &text).await).await;
    assert_eq!(json_of(post(&sim, "/detokenize", &tokens).await).await.1, text);
}

#[tokio::test]
async fn what_was_not_started_with_it_is_refused_by_name() {
    let sim = llamacpp().await;
    let embed = json!({"model": "m", "input": "hello"});
    let (status, body) = json_of(post(&sim, "/v1/embeddings", &embed).await).await;
    assert_eq!(
        (status, &body["error"]["type"]),
        (StatusCode::NOT_IMPLEMENTED, &json!("not_supported_error"))
    );
    assert!(body["error"]["message"].as_str().unwrap().contains("--embeddings"));
    let (status, body) = json_of(post(&sim, CHAT, &seeing()).await).await;
    assert_eq!(status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(body["error"]["message"].as_str().unwrap().contains("mmproj"));
}

#[tokio::test]
async fn its_own_embeddings_are_nested_and_ranks_have_jinas_form() {
    let sim = spawn(SimOptions::unpaced(Engine::Llamacpp, ["e=embedding", "r=rerank"])).await.unwrap();
    let (_, own) = json_of(post(&sim, "/embedding", &json!({"content": "hello"})).await).await;
    assert_eq!(own[0]["embedding"][0].as_array().unwrap().len(), 384);
    let request = json!({"model": "r", "query": "bread", "documents": ["Steel", "Fresh bread"], "top_n": 1});
    let (_, ranks) = json_of(post(&sim, "/v1/rerank", &request).await).await;
    assert_eq!((&ranks["results"][0]["index"], ranks["results"].as_array().unwrap().len()), (&json!(1), 1));
}

#[tokio::test]
async fn answers_tell_how_long_they_took_and_name_their_charset() {
    let sim = llamacpp().await;
    let response = post(&sim, CHAT, &chat("hello", false)).await.unwrap();
    assert_eq!(response.headers()["content-type"], "application/json; charset=utf-8");
    let mut request = chat("hello", true);
    let last = events(&text_of(post(&sim, CHAT, &request).await).await).pop().unwrap();
    assert!(last["timings"]["predicted_n"].is_u64() && last["choices"][0]["finish_reason"] == "stop");
    request["stream_options"] = json!({"include_usage": true});
    let chunks = events(&text_of(post(&sim, CHAT, &request).await).await);
    let told: Vec<_> = chunks.iter().filter(|chunk| chunk.get("timings").is_some()).collect();
    assert_eq!((told.len(), &told[0]["choices"]), (1, &json!([])));
}

#[tokio::test]
async fn refusals_have_its_words() {
    let sim = llamacpp().await;
    for (body, words) in [
        (json!({"model": "m"}), "'messages' is required"),
        (json!({"model": "m", "messages": "x"}), "Expected 'messages' to be an array"),
    ] {
        let (status, refusal) = json_of(post(&sim, CHAT, &body).await).await;
        assert_eq!((status, &refusal["error"]["message"]), (StatusCode::BAD_REQUEST, &json!(words)));
    }
    let (status, refusal) = get(&sim, "/v1/nothing").await;
    assert_eq!((status, &refusal["error"]["type"]), (StatusCode::NOT_FOUND, &json!("not_found_error")));
}
