use http::{Method, StatusCode};
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind, SimOptions, spawn};

use crate::client::{chat, events, get, json_of, payloads, post, send, status, text_of, tools, until};

const CHAT: &str = "/v1/chat/completions";

async fn tgi() -> sim::Handle {
    spawn(SimOptions::unpaced(Engine::Tgi, ["m"])).await.unwrap()
}

fn generate(text: &str) -> Value {
    json!({"inputs": text, "parameters": {"details": true, "max_new_tokens": 200}})
}

#[tokio::test]
async fn a_native_stream_ends_with_the_whole_text_and_no_done() {
    let sim = tgi().await;
    let (_, whole) = json_of(post(&sim, "/generate", &generate("hello")).await).await;
    let text = text_of(post(&sim, "/generate_stream", &generate("hello")).await).await;
    assert!(!text.contains("[DONE]"));
    let tokens = payloads(&text);
    let joined: String = tokens
        .iter()
        .filter(|token| token["token"]["special"] == false)
        .filter_map(|token| token["token"]["text"].as_str())
        .collect();
    let last = tokens.last().unwrap();
    assert_eq!(
        (last["generated_text"].as_str(), &whole["generated_text"]),
        (Some(joined.as_str()), &json!(joined))
    );
    assert_eq!(
        (&last["token"]["special"], &last["details"]["finish_reason"]),
        (&json!(true), &json!("eos_token"))
    );
    assert_eq!(tokens[0]["index"], 1);
    assert_eq!(whole["details"]["generated_tokens"], sim::count_tokens(&joined));
}

#[tokio::test]
async fn a_chat_stream_has_a_role_in_each_delta_and_the_reason_on_the_last() {
    let sim = tgi().await;
    let mut request = chat("hello", true);
    request["model"] = json!("tgi");
    request["stream_options"] = json!({"include_usage": true});
    let chunks = events(&text_of(post(&sim, CHAT, &request).await).await);
    assert_eq!((&chunks[0]["id"], &chunks[0]["model"]), (&json!(""), &json!("m")));
    let (usage, content) = chunks.split_last().unwrap();
    assert!(content.iter().all(|chunk| chunk["choices"][0]["delta"]["role"] == "assistant"));
    let last = &content.last().unwrap()["choices"][0];
    assert_eq!((&last["delta"]["content"], &last["finish_reason"]), (&json!(""), &json!("stop")));
    assert_eq!(usage["choices"], json!([]));
    assert!(usage["usage"]["completion_tokens"].is_u64());
}

#[tokio::test]
async fn a_tool_stream_never_tells_its_reason_and_the_whole_answer_says_stop() {
    let sim = tgi().await;
    let mut request = chat("What is the weather and time in Oslo?", true);
    request["tools"] = tools();
    let chunks = events(&text_of(post(&sim, CHAT, &request).await).await);
    let call = |chunk: &Value| chunk["choices"][0]["delta"]["tool_calls"][0].clone();
    assert_eq!(
        (&call(&chunks[0])["id"], &call(&chunks[0])["function"]["name"]),
        (&json!("0"), &json!("get_weather"))
    );
    assert_eq!(call(&chunks[1])["function"]["name"], Value::Null);
    let arguments: String = chunks
        .iter()
        .filter_map(|chunk| Some(call(chunk)["function"]["arguments"].as_str()?.to_owned()))
        .collect();
    assert_eq!(serde_json::from_str::<Value>(&arguments).unwrap(), json!({"city": "Oslo"}));
    assert!(chunks.iter().all(|chunk| chunk["choices"][0]["finish_reason"].is_null()));

    request["stream"] = json!(false);
    let (_, whole) = json_of(post(&sim, CHAT, &request).await).await;
    let choice = &whole["choices"][0];
    assert_eq!(
        (&choice["finish_reason"], choice["message"]["tool_calls"].as_array().unwrap().len()),
        (&json!("stop"), 1)
    );
    assert!(choice["message"].get("content").is_none());
}

#[tokio::test]
async fn a_stop_text_stays_in_the_answer_and_keeps_its_own_reason() {
    let sim = tgi().await;
    let mut request = chat("hello", false);
    request["stop"] = json!(["simulated"]);
    let (_, body) = json_of(post(&sim, CHAT, &request).await).await;
    assert_eq!(body["choices"][0]["finish_reason"], "stop_sequence");
    assert!(body["choices"][0]["message"]["content"].as_str().unwrap().ends_with("by a simulated"));
}

#[tokio::test]
async fn a_stream_is_refused_inside_a_200_and_a_whole_answer_by_status() {
    let sim = tgi().await;
    let long = "word ".repeat(9000);
    let (status, body) = json_of(post(&sim, CHAT, &chat(&long, false)).await).await;
    assert_eq!((status, &body["error_type"]), (StatusCode::UNPROCESSABLE_ENTITY, &json!("validation")));
    assert!(
        body["error"].as_str().unwrap().starts_with("Input validation error: `inputs` must have less than")
    );

    let streamed = post(&sim, CHAT, &chat(&long, true)).await;
    assert_eq!(streamed.as_ref().unwrap().status(), StatusCode::OK);
    assert_eq!(events(&text_of(streamed).await)[0]["error"]["http_status_code"], 422);
    let native = payloads(&text_of(post(&sim, "/generate_stream", &generate(&long)).await).await);
    assert_eq!(native[0]["error_type"], "validation");

    let mut too_much = generate("hello");
    too_much["parameters"]["max_new_tokens"] = json!(9000);
    let (_, body) = json_of(post(&sim, "/generate", &too_much).await).await;
    assert!(body["error"].as_str().unwrap().contains("`inputs` tokens + `max_new_tokens` must be <= 8192"));
}

#[tokio::test]
async fn out_of_memory_is_a_failed_dependency_and_overload_a_429() {
    let options =
        SimOptions { ttft_ms: 60_000, slots: 1, queue: 0, ..SimOptions::unpaced(Engine::Tgi, ["m"]) };
    let sim = spawn(options).await.unwrap();
    sim.fault(Fault::new(FaultKind::Oom).times(1));
    let (status, body) = json_of(post(&sim, "/generate", &generate("hello")).await).await;
    assert_eq!((status, &body["error_type"]), (StatusCode::FAILED_DEPENDENCY, &json!("generation")));

    let request = generate("hello");
    let refused = async {
        until(&sim, |view| view.in_flight == 1).await;
        json_of(post(&sim, "/generate", &request).await).await
    };
    let (status, body) = tokio::select! {
        _ = post(&sim, "/generate", &request) => unreachable!("the first waits a minute"),
        refused = refused => refused,
    };
    assert_eq!(status, StatusCode::TOO_MANY_REQUESTS);
    assert_eq!(body, json!({"error": "Model is overloaded", "error_type": "overloaded"}));
}

#[tokio::test]
async fn it_tells_its_limits_health_metrics_and_tokens() {
    let sim = tgi().await;
    let (_, info) = get(&sim, "/info").await;
    assert_eq!((&info["max_input_tokens"], &info["max_total_tokens"]), (&json!(8191), &json!(8192)));
    assert_eq!(info["max_concurrent_requests"], 1024 + 4096);
    assert_eq!(status(&sim, Method::GET, "/health").await, StatusCode::OK);
    assert_eq!(get(&sim, "/v1/models").await.1["data"][0]["owned_by"], "m");
    let metrics = text_of(send(&sim, Method::GET, "/metrics", "").await).await;
    assert!(
        metrics.contains("\ntgi_queue_size 0.0\n") && metrics.contains("\ntgi_batch_current_size 0.0\n"),
        "{metrics}"
    );
    let (_, tokens) = json_of(post(&sim, "/tokenize", &json!({"inputs": "Hello there"})).await).await;
    assert_eq!(
        (&tokens[1]["text"], &tokens[1]["start"], &tokens[1]["stop"]),
        (&json!(" there"), &json!(5), &json!(11))
    );
}

#[tokio::test]
async fn completions_end_with_a_chunk_that_has_usage() {
    let sim = tgi().await;
    let request = json!({"model": "m", "prompt": "hello", "stream": true, "max_tokens": 4});
    let chunks = events(&text_of(post(&sim, "/v1/completions", &request).await).await);
    assert_eq!((chunks.len(), &chunks[0]["choices"][0]["finish_reason"]), (4, &json!("")));
    assert_eq!(chunks[3]["choices"][0]["finish_reason"], "length");
    assert_eq!(chunks[3]["usage"]["completion_tokens"], 4);
    let suffixed = json!({"model": "m", "prompt": "hello", "suffix": "bye"});
    assert_eq!(
        json_of(post(&sim, "/v1/completions", &suffixed).await).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}

#[tokio::test]
async fn a_grammar_shapes_the_text_and_the_root_route_wraps_it() {
    let sim = tgi().await;
    let mut request = generate("How many? 3");
    request["parameters"]["grammar"] =
        json!({"type": "json", "value": {"type": "object", "properties": {"n": {"type": "integer"}}}});
    let (_, body) = json_of(post(&sim, "/", &request).await).await;
    assert_eq!(body[0]["generated_text"], r#"{"n":3}"#);
}
