use http::{Method, StatusCode};
use serde_json::{Value, json};
use sim::{Engine, SimOptions, spawn};

use crate::client::{chat, events, get, json_of, post, send, text_of};

async fn vllm() -> sim::Handle {
    spawn(SimOptions::unpaced(Engine::Vllm, ["m"])).await.unwrap()
}

#[tokio::test]
async fn an_answer_quotes_the_question_and_counts_its_tokens() {
    let sim = vllm().await;
    let (status, body) =
        json_of(post(&sim, "/v1/chat/completions", &chat("Why is the sky blue?", false)).await).await;
    assert_eq!(status, StatusCode::OK);
    let text = body["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(text.contains("Why is the sky blue?"));
    assert_eq!(body["usage"]["completion_tokens"], sim::count_tokens(text));
    assert_eq!(body["usage"]["prompt_tokens"], 6 + 4 + 3);
    assert_eq!(body["choices"][0]["finish_reason"], "stop");
    assert!(body["choices"][0]["message"].get("tool_calls").is_none());
}

#[tokio::test]
async fn a_stream_says_the_same_as_the_whole_answer() {
    let sim = vllm().await;
    let (_, whole) = json_of(post(&sim, "/v1/chat/completions", &chat("hello", false)).await).await;
    let mut request = chat("hello", true);
    request["stream_options"] = json!({"include_usage": true, "continuous_usage_stats": true});
    let chunks = events(&text_of(post(&sim, "/v1/chat/completions", &request).await).await);

    let text: String =
        chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"]["content"].as_str()).collect();
    assert_eq!(whole["choices"][0]["message"]["content"], text);
    assert_eq!(chunks[0]["choices"][0]["delta"], json!({"role": "assistant", "content": ""}));
    let last = chunks.last().unwrap();
    assert_eq!(
        (&last["choices"], &last["usage"]["completion_tokens"]),
        (&json!([]), &whole["usage"]["completion_tokens"])
    );
    assert!(chunks.iter().all(|chunk| chunk["usage"]["prompt_tokens"].is_u64()));
    assert_eq!(chunks[chunks.len() - 2]["choices"][0]["finish_reason"], "stop");
}

#[tokio::test]
async fn a_stream_without_usage_asked_has_none() {
    let sim = vllm().await;
    let chunks = events(&text_of(post(&sim, "/v1/chat/completions", &chat("hello", true)).await).await);
    assert!(chunks.iter().all(|chunk| chunk.get("usage").is_none() && chunk["choices"][0].is_object()));
    assert!(chunks.last().unwrap()["system_fingerprint"].is_string());
}

#[tokio::test]
async fn tools_are_called_in_pieces_that_join_to_json() {
    let sim = vllm().await;
    let mut request = chat("What is the weather in Oslo?", true);
    request["tools"] = json!([{"type": "function", "function": {"name": "get_weather", "parameters":
        {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}}}]);
    let chunks = events(&text_of(post(&sim, "/v1/chat/completions", &request).await).await);
    let calls: Vec<&Value> = chunks
        .iter()
        .map(|chunk| &chunk["choices"][0]["delta"]["tool_calls"][0])
        .filter(|call| call.is_object())
        .collect();
    assert_eq!(calls[0]["function"]["name"], "get_weather");
    let arguments: String = calls.iter().filter_map(|call| call["function"]["arguments"].as_str()).collect();
    assert_eq!(serde_json::from_str::<Value>(&arguments).unwrap(), json!({"city": "Oslo"}));
    assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn errors_have_vllms_shape() {
    let sim = vllm().await;
    let mut unknown = chat("hello", false);
    unknown["model"] = json!("other");
    let (status, body) = json_of(post(&sim, "/v1/chat/completions", &unknown).await).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        body,
        json!({"error": {"message": "The model `other` does not exist. Valid aliases: m.", "type": "NotFoundError", "param": "model", "code": 404}})
    );

    let (status, body) =
        json_of(post(&sim, "/v1/chat/completions", &chat(&"word ".repeat(9000), false)).await).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::BAD_REQUEST, &json!(400)));
    assert!(body["error"]["message"].as_str().unwrap().contains("maximum context length is 8192 tokens"));

    let (status, body) = json_of(send(&sim, Method::POST, "/v1/chat/completions", "{").await).await;
    assert_eq!((status, &body["error"]["type"]), (StatusCode::BAD_REQUEST, &json!("Bad Request")));
    assert_eq!(sim.stats().failed, 3);
    let (status, body) = get(&sim, "/v1/nothing").await;
    assert_eq!((status, body), (StatusCode::NOT_FOUND, json!({"detail": "Not Found"})));
}

#[tokio::test]
async fn bodies_are_refused_in_the_words_of_its_validation() {
    let sim = vllm().await;
    let long = json!({"model": "m", "messages": [{"role": "user", "content": "x"}], "max_tokens": 9000});
    for (body, param, words) in [
        (json!({"model": "m"}), json!("body.messages"), "'msg': 'Field required'"),
        (json!({"model": "m", "messages": "x"}), json!("body.messages"), "'Input should be a valid list'"),
        (json!({"model": "m", "messages": []}), Value::Null, "empty conversation"),
        (long, json!("max_tokens"), "cannot be greater than max_model_len=8192"),
    ] {
        let (status, refusal) = json_of(post(&sim, "/v1/chat/completions", &body).await).await;
        let error = &refusal["error"];
        assert_eq!((status, &error["param"]), (StatusCode::BAD_REQUEST, &param));
        assert!(error["message"].as_str().unwrap().contains(words), "{error}");
    }
}

#[tokio::test]
async fn loras_load_list_answer_and_unload_with_vllms_statuses() {
    let sim = vllm().await;
    let lora = json!({"lora_name": "l", "lora_path": "/loras/l"});
    let load = || post(&sim, "/v1/load_lora_adapter", &lora);
    assert_eq!(text_of(load().await).await, "Success: LoRA adapter 'l' added successfully.");
    assert_eq!(load().await.unwrap().status(), StatusCode::BAD_REQUEST);
    let missing = json!({"lora_name": "n", "lora_path": "/loras/missing"});
    assert_eq!(post(&sim, "/v1/load_lora_adapter", &missing).await.unwrap().status(), StatusCode::NOT_FOUND);

    let (_, models) = get(&sim, "/v1/models").await;
    assert_eq!(models["data"][0]["max_model_len"], 8192);
    assert_eq!((&models["data"][1]["id"], &models["data"][1]["parent"]), (&json!("l"), &json!("m")));
    let mut request = chat("hello", false);
    request["model"] = json!("l");
    assert_eq!(json_of(post(&sim, "/v1/chat/completions", &request).await).await.1["model"], "l");

    let unload = || post(&sim, "/v1/unload_lora_adapter", &lora);
    assert_eq!(unload().await.unwrap().status(), StatusCode::OK);
    assert_eq!(unload().await.unwrap().status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn health_version_and_metrics_answer() {
    let sim = vllm().await;
    assert_eq!(text_of(send(&sim, Method::GET, "/health", "").await).await, "");
    assert!(get(&sim, "/version").await.1["version"].is_string());
    let metrics = text_of(send(&sim, Method::GET, "/metrics", "").await).await;
    for name in
        ["num_requests_running", "num_requests_waiting", "kv_cache_usage_perc", "prefix_cache_hits_total"]
    {
        assert!(
            metrics.contains(&format!("vllm:{name}{{engine=\"0\",model_name=\"m\"}} 0.0\n")),
            "{metrics}"
        );
    }
}

#[tokio::test]
async fn a_prefix_asked_again_is_found_in_the_cache() {
    let sim =
        spawn(SimOptions { prefix_cache: true, ..SimOptions::unpaced(Engine::Vllm, ["m"]) }).await.unwrap();
    let request = chat(&"word ".repeat(40), false);
    let ask = async || json_of(post(&sim, "/v1/chat/completions", &request).await).await.1;
    assert_eq!(ask().await["usage"]["prompt_tokens_details"], Value::Null);
    assert_eq!(ask().await["usage"]["prompt_tokens_details"]["cached_tokens"], 32);
}

#[tokio::test]
async fn a_key_is_asked_for_when_one_is_set() {
    let options = SimOptions { api_key: Some("secret".into()), ..SimOptions::unpaced(Engine::Openai, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let (status, body) = json_of(post(&sim, "/v1/chat/completions", &chat("hello", false)).await).await;
    assert_eq!((status, &body["error"]["code"]), (StatusCode::UNAUTHORIZED, &json!("invalid_api_key")));
}

#[tokio::test]
async fn tokens_are_numbered_and_read_back() {
    let sim = vllm().await;
    let request = json!({"model": "m", "prompt": "Hello there", "return_token_strs": true});
    let (_, tokens) = json_of(post(&sim, "/tokenize", &request).await).await;
    assert_eq!((&tokens["count"], &tokens["token_strs"]), (&json!(2), &json!(["Hello", " there"])));
    assert_eq!(tokens["max_model_len"], 8192);
    let back = json!({"model": "m", "tokens": tokens["tokens"]});
    assert_eq!(json_of(post(&sim, "/detokenize", &back).await).await.1, json!({"prompt": "Hello there"}));
    let (status, _) = json_of(post(&sim, "/tokenize", &json!({"model": "m"})).await).await;
    assert_eq!(status, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn pooling_models_rank_score_and_classify() {
    let sim = spawn(SimOptions::unpaced(Engine::Vllm, ["r=rerank", "c=classify"])).await.unwrap();
    let documents = json!(["Bread is baked.", "Paris is the capital of France."]);
    let rank = json!({"model": "r", "query": "capital of France", "documents": documents, "top_n": 1});
    let (_, ranked) = json_of(post(&sim, "/v1/rerank", &rank).await).await;
    assert_eq!(ranked["results"].as_array().unwrap().len(), 1);
    assert_eq!(ranked["results"][0]["document"]["text"], documents[1]);
    let score = json!({"model": "r", "text_1": "capital of France", "text_2": documents});
    let (_, scored) = json_of(post(&sim, "/score", &score).await).await;
    assert!(scored["data"][1]["score"].as_f64() > scored["data"][0]["score"].as_f64());
    let (_, classes) =
        json_of(post(&sim, "/classify", &json!({"model": "c", "input": ["nice", "kill"]})).await).await;
    assert_eq!(
        (&classes["data"][0]["label"], &classes["data"][1]["label"]),
        (&json!("safe"), &json!("violence"))
    );
    assert_eq!(classes["data"][0]["num_classes"], 6);
    let (status, body) = json_of(post(&sim, "/classify", &json!({"model": "r", "input": "x"})).await).await;
    assert_eq!((status, &body["error"]["type"]), (StatusCode::BAD_REQUEST, &json!("BadRequestError")));
}

#[tokio::test]
async fn a_stop_text_is_told() {
    let sim = vllm().await;
    let mut request = chat("hello", false);
    request["stop"] = json!(["simulated"]);
    let (_, body) = json_of(post(&sim, "/v1/chat/completions", &request).await).await;
    assert_eq!(body["choices"][0]["stop_reason"], "simulated");
}
