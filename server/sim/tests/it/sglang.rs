use http::{Method, StatusCode};
use serde_json::{Value, json};
use sim::{Engine, SimOptions, spawn};

use crate::client::{chat, events, get, json_of, post, send, status, text_of, tools, until};

const CHAT: &str = "/v1/chat/completions";

async fn sglang() -> sim::Handle {
    spawn(SimOptions::unpaced(Engine::Sglang, ["m"])).await.unwrap()
}

#[tokio::test]
async fn a_stream_keeps_absent_members_as_null_and_says_the_same() {
    let sim = sglang().await;
    let (_, whole) = json_of(post(&sim, CHAT, &chat("hello", false)).await).await;
    let chunks = events(&text_of(post(&sim, CHAT, &chat("hello", true)).await).await);
    assert_eq!(
        chunks[0]["choices"][0]["delta"],
        json!({"role": "assistant", "content": "", "reasoning_content": null})
    );
    let text: String =
        chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(whole["choices"][0]["message"]["content"], text);
    assert!(chunks.iter().all(|chunk| chunk.get("usage") == Some(&Value::Null)));
    assert_eq!(whole["choices"][0]["matched_stop"], 128_009);
    assert_eq!(whole["usage"]["reasoning_tokens"], 0);
}

#[tokio::test]
async fn tool_calls_stream_with_null_ids_after_the_first_frame() {
    let sim = sglang().await;
    let mut request = chat("What is the weather and time in Oslo?", true);
    request["tools"] = tools();
    let chunks = events(&text_of(post(&sim, CHAT, &request).await).await);
    let calls: Vec<_> = chunks
        .iter()
        .map(|chunk| &chunk["choices"][0]["delta"]["tool_calls"][0])
        .filter(|call| call.is_object())
        .collect();
    assert!(calls[0]["id"].as_str().unwrap().starts_with("call_"));
    assert_eq!((&calls[1]["id"], &calls[1]["function"]["name"]), (&Value::Null, &Value::Null));
    for index in [0, 1] {
        let pieces = calls.iter().filter(|call| call["index"] == index);
        let arguments: String = pieces.filter_map(|call| call["function"]["arguments"].as_str()).collect();
        assert_eq!(serde_json::from_str::<Value>(&arguments).unwrap(), json!({"city": "Oslo"}));
    }
    assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn errors_are_flat_objects_in_its_own_words() {
    let sim = sglang().await;
    let (status, body) = json_of(post(&sim, CHAT, &chat(&"word ".repeat(9000), true)).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
    assert_eq!(
        (&body["object"], &body["type"], &body["code"]),
        (&json!("error"), &json!("BadRequestError"), &json!(400))
    );
    let message = body["message"].as_str().unwrap();
    assert!(message.contains("is longer than the model's context length (8192 tokens)"), "{message}");

    let mut request = chat("hello", false);
    request["max_tokens"] = json!(9000);
    let (_, body) = json_of(post(&sim, CHAT, &request).await).await;
    assert!(
        body["message"]
            .as_str()
            .unwrap()
            .starts_with("Requested token count exceeds the model's maximum context")
    );
}

#[tokio::test]
async fn any_model_name_is_answered_under_that_name() {
    let sim = sglang().await;
    let mut request = chat("hello", false);
    request["model"] = json!("default");
    let (status, body) = json_of(post(&sim, CHAT, &request).await).await;
    assert_eq!((status, &body["model"]), (StatusCode::OK, &json!("default")));
}

#[tokio::test]
async fn a_full_queue_refuses_a_stream_inside_a_200() {
    let options =
        SimOptions { ttft_ms: 60_000, slots: 1, queue: 0, ..SimOptions::unpaced(Engine::Sglang, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let request = chat("hello", true);
    let refused = async {
        until(&sim, |view| view.in_flight == 1).await;
        let streamed = text_of(post(&sim, CHAT, &request).await).await;
        (streamed, json_of(post(&sim, CHAT, &chat("hello", false)).await).await)
    };
    let (streamed, (status, whole)) = tokio::select! {
        _ = post(&sim, CHAT, &request) => unreachable!("the first waits a minute"),
        refused = refused => refused,
    };
    let error = &events(&streamed)[0]["error"];
    assert_eq!((&error["message"], &error["code"]), (&json!("The request queue is full."), &json!(503)));
    assert_eq!((status, &whole["type"]), (StatusCode::SERVICE_UNAVAILABLE, &json!("503")));
}

#[tokio::test]
async fn loras_are_named_after_a_colon() {
    let sim = sglang().await;
    let lora = json!({"lora_name": "l", "lora_path": "/loras/l"});
    let (status, body) = json_of(post(&sim, "/load_lora_adapter", &lora).await).await;
    assert_eq!((status, &body["loaded_adapters"]), (StatusCode::OK, &json!({"l": "/loras/l"})));
    let (status, body) = json_of(post(&sim, "/load_lora_adapter", &lora).await).await;
    assert_eq!((status, &body["success"]), (StatusCode::BAD_REQUEST, &json!(false)));
    let (_, models) = get(&sim, "/v1/models").await;
    assert_eq!((&models["data"][1]["id"], &models["data"][1]["parent"]), (&json!("l"), &json!("m")));

    let mut request = chat("hello", false);
    request["model"] = json!("m:l");
    let (_, body) = json_of(post(&sim, CHAT, &request).await).await;
    assert!(body["choices"][0]["message"]["content"].as_str().unwrap().contains("Speaking as “l”"));
    request["model"] = json!("m:other");
    let (status, _) = json_of(post(&sim, CHAT, &request).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);

    let unload = || post(&sim, "/unload_lora_adapter", &lora);
    assert_eq!(unload().await.unwrap().status(), StatusCode::OK);
    assert_eq!(unload().await.unwrap().status(), StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn it_tells_its_health_itself_and_its_metrics() {
    let sim = sglang().await;
    for path in ["/health", "/health_generate", "/ready"] {
        assert_eq!(status(&sim, Method::GET, path).await, StatusCode::OK, "{path}");
    }
    assert_eq!(get(&sim, "/get_server_info").await.1["context_length"], 8192);
    assert_eq!(get(&sim, "/model_info").await.1["is_generation"], true);
    let metrics = text_of(send(&sim, Method::GET, "/metrics", "").await).await;
    for name in ["num_running_reqs", "num_queue_reqs", "token_usage"] {
        let sample = format!("sglang:{name}{{engine_type=\"unified\",model_name=\"m\"");
        assert!(metrics.contains(&sample), "{metrics}");
    }
}

#[tokio::test]
async fn ranks_are_a_bare_list_and_tokens_read_back() {
    let sim = spawn(SimOptions::unpaced(Engine::Sglang, ["m", "r=rerank"])).await.unwrap();
    let request = json!({"query": "capital of France", "documents": ["Bread is baked.", "Paris is the capital of France."]});
    let (_, ranks) = json_of(post(&sim, "/v1/rerank", &request).await).await;
    assert_eq!(
        (&ranks[0]["index"], &ranks[0]["document"]),
        (&json!(1), &json!("Paris is the capital of France."))
    );

    let (_, tokens) = json_of(post(&sim, "/tokenize", &json!({"prompt": "Hello there, world"})).await).await;
    let back = json!({"tokens": tokens["tokens"]});
    let (_, text) = json_of(post(&sim, "/detokenize", &back).await).await;
    assert_eq!(text, json!({"text": "Hello there, world"}));
}

#[tokio::test]
async fn a_classifier_names_a_label_with_all_probabilities() {
    let sim = spawn(SimOptions::unpaced(Engine::Sglang, ["c=classify"])).await.unwrap();
    let request = json!({"model": "c", "input": ["nice", "I will kill you"]});
    let (_, body) = json_of(post(&sim, "/v1/classify", &request).await).await;
    assert_eq!(body["data"][1]["label"], "violence");
    assert_eq!(body["data"][1]["probs"].as_array().map(Vec::len), Some(6));
    let (status, body) = json_of(post(&sim, CHAT, &chat("hello", false)).await).await;
    assert_eq!((status, &body["object"]), (StatusCode::BAD_REQUEST, &json!("error")));
}
