use http::StatusCode;
use serde_json::{Value, json};
use sim::{Engine, SimOptions, spawn};

use crate::client::{chat, events, get, json_of, lines, post, text_of};

async fn ollama() -> sim::Handle {
    spawn(SimOptions::unpaced(Engine::Ollama, ["m"])).await.unwrap()
}

#[tokio::test]
async fn a_stream_of_lines_ends_with_the_counts() {
    let sim = ollama().await;
    let (_, whole) = json_of(post(&sim, "/api/chat", &chat("hello", false)).await).await;
    let lines = lines(&text_of(post(&sim, "/api/chat", &chat("hello", true)).await).await);
    let text: String = lines.iter().filter_map(|line| line["message"]["content"].as_str()).collect();
    assert_eq!(whole["message"]["content"], text);
    let last = lines.last().unwrap();
    assert_eq!((&last["done"], &last["done_reason"]), (&json!(true), &json!("stop")));
    assert_eq!(last["eval_count"], sim::count_tokens(&text));
    assert_eq!(last["prompt_eval_count"], 1 + 4 + 3);
}

#[tokio::test]
async fn tool_calls_come_before_the_end_with_arguments_as_an_object() {
    let sim = ollama().await;
    let mut request = chat("What is the weather in Oslo?", true);
    request["tools"] = json!([{"type": "function", "function": {"name": "get_weather", "description": "",
        "parameters": {"type": "object", "properties": {"city": {"type": "string"}}}}}]);
    let lines = lines(&text_of(post(&sim, "/api/chat", &request).await).await);
    let call = &lines[0]["message"]["tool_calls"][0]["function"];
    assert_eq!((&call["name"], &call["arguments"]), (&json!("get_weather"), &json!({"city": "Oslo"})));
    assert_eq!(lines[0]["done"], false);
    assert_eq!(lines[1]["done_reason"], "stop");
}

#[tokio::test]
async fn a_long_history_is_cut_to_num_ctx_without_a_word() {
    let sim = ollama().await;
    let mut request = chat(&"word ".repeat(9000), false);
    request["options"] = json!({"num_ctx": 512, "num_predict": 5});
    let (status, body) = json_of(post(&sim, "/api/chat", &request).await).await;
    assert_eq!((status, &body["prompt_eval_count"]), (StatusCode::OK, &json!(511)));
}

#[tokio::test]
async fn lists_show_tags_and_errors_are_one_string() {
    let sim = ollama().await;
    assert_eq!(get(&sim, "/api/tags").await.1["models"][0]["name"], "m:latest");
    assert!(get(&sim, "/api/ps").await.1["models"][0]["size_vram"].is_u64());
    assert!(get(&sim, "/api/version").await.1["version"].is_string());
    let (_, shown) = json_of(post(&sim, "/api/show", &json!({"model": "m"})).await).await;
    assert_eq!(shown["model_info"]["llama.context_length"], 8192);
    let (status, body) = json_of(post(&sim, "/api/show", &json!({"model": "n"})).await).await;
    assert_eq!((status, body), (StatusCode::NOT_FOUND, json!({"error": "model 'n' not found"})));
}

#[tokio::test]
async fn arguments_as_text_are_refused_as_go_would() {
    let sim = ollama().await;
    let call = json!({"function": {"name": "f", "arguments": "{}"}});
    let request =
        json!({"model": "m", "messages": [{"role": "assistant", "content": "", "tool_calls": [call]}]});
    assert_eq!(json_of(post(&sim, "/api/chat", &request).await).await.0, StatusCode::BAD_REQUEST);
}

#[tokio::test]
async fn the_openai_route_answers_too() {
    let sim = ollama().await;
    let mut request = chat("hello", true);
    request["stream_options"] = json!({"include_usage": true});
    let chunks = events(&text_of(post(&sim, "/v1/chat/completions", &request).await).await);
    assert_eq!(chunks[0]["usage"], Value::Null);
    assert!(chunks.last().unwrap()["usage"]["completion_tokens"].is_u64());
}

#[tokio::test]
async fn generating_gives_a_response_and_its_context() {
    let sim = ollama().await;
    let request = json!({"model": "m", "prompt": "hello", "stream": false});
    let (_, whole) = json_of(post(&sim, "/api/generate", &request).await).await;
    assert_eq!((&whole["done"], whole["context"].as_array().map(Vec::len)), (&json!(true), Some(1)));
    let request = json!({"model": "m", "prompt": "hello"});
    let lines = lines(&text_of(post(&sim, "/api/generate", &request).await).await);
    let text: String = lines.iter().filter_map(|line| line["response"].as_str()).collect();
    assert_eq!(whole["response"], text);
    let (_, loaded) = json_of(post(&sim, "/api/generate", &json!({"model": "m"})).await).await;
    assert_eq!(loaded["done_reason"], "load");
}

#[tokio::test]
async fn thinking_comes_before_content_and_can_be_refused() {
    let mut request = chat("hello", true);
    request["think"] = json!(true);
    let (status, body) = json_of(post(&ollama().await, "/api/chat", &request).await).await;
    assert_eq!(
        (status, body),
        (StatusCode::BAD_REQUEST, json!({"error": "\"m\" does not support thinking"}))
    );

    let options = SimOptions { reasoning: true, ..SimOptions::unpaced(Engine::Ollama, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let lines = lines(&text_of(post(&sim, "/api/chat", &request).await).await);
    assert!(lines[0]["message"]["thinking"].is_string());
    assert_eq!(lines[0]["message"]["content"], "");
    assert!(lines.last().unwrap()["message"].get("thinking").is_none());
    let (_, shown) = json_of(post(&sim, "/api/show", &json!({"model": "m"})).await).await;
    assert_eq!(shown["capabilities"], json!(["completion", "tools", "thinking"]));
}

#[tokio::test]
async fn errors_on_openais_route_have_its_shape() {
    let sim = ollama().await;
    let mut request = chat("hello", false);
    request["model"] = json!("n");
    let (status, body) = json_of(post(&sim, "/v1/chat/completions", &request).await).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    assert_eq!(
        body,
        json!({"error": {"message": "model 'n' not found", "type": "not_found_error", "param": null, "code": null}})
    );
    assert_eq!(get(&sim, "/v1/models").await.1["data"][0]["id"], "m:latest");
}
