//! What chats can do, on every engine that serves OpenAI's route.

use http::StatusCode;
use serde_json::{Value, json};
use sim::{Engine, SimOptions, spawn};

use crate::client::{chat, events, json_of, post, seeing, text_of, tools};

const CHAT: &str = "/v1/chat/completions";
const ENGINES: [Engine; 7] = [
    Engine::Vllm,
    Engine::Sglang,
    Engine::Nim,
    Engine::Llamacpp,
    Engine::Ollama,
    Engine::Openai,
    Engine::Tgi,
];

#[tokio::test]
async fn a_schema_is_satisfied() {
    for engine in ENGINES {
        let sim = spawn(SimOptions::unpaced(engine, ["m"])).await.unwrap();
        let mut request = chat("Oslo has 700000 people", false);
        let schema = json!({"type": "object", "required": ["city", "people"],
            "properties": {"city": {"type": "string"}, "people": {"type": "integer"}}});
        request["response_format"] =
            json!({"type": "json_schema", "json_schema": {"name": "c", "schema": schema}});
        let (_, body) = json_of(post(&sim, CHAT, &request).await).await;
        let text = body["choices"][0]["message"]["content"].as_str().unwrap();
        let value: Value = serde_json::from_str(text).unwrap();
        assert!(value["city"].is_string() && value["people"] == 700_000, "{engine:?}: {value}");
    }
}

#[tokio::test]
async fn images_are_seen_where_the_model_has_eyes() {
    for engine in ENGINES {
        let blind = spawn(SimOptions::unpaced(engine, ["m"])).await.unwrap();
        let (status, _) = json_of(post(&blind, CHAT, &seeing()).await).await;
        assert!(status.is_client_error() || status.is_server_error(), "{engine:?}");
        let options = SimOptions { vision: true, ..SimOptions::unpaced(engine, ["m"]) };
        let sim = spawn(options).await.unwrap();
        let (status, body) = json_of(post(&sim, CHAT, &seeing()).await).await;
        assert_eq!(status, StatusCode::OK, "{engine:?}");
        assert!(body["choices"][0]["message"]["content"].as_str().unwrap().contains("shown 1 image"));
        assert!(body["usage"]["prompt_tokens"].as_u64() > Some(256));
    }
}

#[tokio::test]
async fn thoughts_come_under_each_engines_name_streamed_and_whole() {
    for (engine, key) in [
        (Engine::Vllm, "reasoning"),
        (Engine::Sglang, "reasoning_content"),
        (Engine::Nim, "reasoning_content"),
        (Engine::Llamacpp, "reasoning_content"),
        (Engine::Ollama, "reasoning"),
    ] {
        let options = SimOptions { reasoning: true, ..SimOptions::unpaced(engine, ["m"]) };
        let sim = spawn(options).await.unwrap();
        let (_, whole) = json_of(post(&sim, CHAT, &chat("hello", false)).await).await;
        let chunks = events(&text_of(post(&sim, CHAT, &chat("hello", true)).await).await);
        let thoughts: String =
            chunks.iter().filter_map(|chunk| chunk["choices"][0]["delta"][key].as_str()).collect();
        assert!(thoughts.contains("hello"), "{engine:?}");
        assert_eq!(whole["choices"][0]["message"][key], thoughts, "{engine:?}");
        let mut without = chat("hello", false);
        without["reasoning_effort"] = json!("none");
        let (_, whole) = json_of(post(&sim, CHAT, &without).await).await;
        assert!(whole["choices"][0]["message"][key].is_null(), "{engine:?}");
    }
}

#[tokio::test]
async fn openai_counts_thoughts_without_showing_them() {
    let options = SimOptions { reasoning: true, ..SimOptions::unpaced(Engine::Openai, ["m"]) };
    let sim = spawn(options).await.unwrap();
    let mut request = chat("hello", true);
    request["stream_options"] = json!({"include_usage": true});
    let streamed = text_of(post(&sim, CHAT, &request).await).await;
    assert!(!streamed.contains("reasoning\":") && !streamed.contains("I answer from them alone"));
    let chunks = events(&streamed);
    let usage = &chunks.last().unwrap()["usage"];
    let thoughts = usage["completion_tokens_details"]["reasoning_tokens"].as_u64().unwrap();
    assert!(thoughts > 5 && usage["completion_tokens"].as_u64().unwrap() > thoughts);
    let (_, whole) = json_of(post(&sim, CHAT, &chat("hello", false)).await).await;
    assert_eq!(whole["usage"]["completion_tokens"], usage["completion_tokens"]);
}

#[tokio::test]
async fn log_probabilities_cover_every_token() {
    for engine in ENGINES {
        let sim = spawn(SimOptions::unpaced(engine, ["m"])).await.unwrap();
        let mut request = chat("hello", false);
        request["logprobs"] = json!(true);
        request["top_logprobs"] = json!(2);
        request["max_tokens"] = json!(6);
        let (_, body) = json_of(post(&sim, CHAT, &request).await).await;
        let entries = body["choices"][0]["logprobs"]["content"].as_array().unwrap();
        assert_eq!(
            (entries.len(), entries[0]["top_logprobs"].as_array().unwrap().len()),
            (6, 2),
            "{engine:?}"
        );
        request["stream"] = json!(true);
        let chunks = events(&text_of(post(&sim, CHAT, &request).await).await);
        let streamed = chunks.iter().filter(|chunk| chunk["choices"][0]["logprobs"]["content"].is_array());
        assert_eq!(streamed.count(), 6, "{engine:?}");
    }
}

#[tokio::test]
async fn several_choices_and_one_tool_at_a_time_are_heeded() {
    let sim = spawn(SimOptions::unpaced(Engine::Vllm, ["m"])).await.unwrap();
    let mut request = chat("The weather and time in Oslo?", false);
    request["tools"] = tools();
    request["n"] = json!(2);
    let calls = async |request: &Value| {
        let (_, body) = json_of(post(&sim, CHAT, request).await).await;
        body["choices"][1]["message"]["tool_calls"].as_array().unwrap().len()
    };
    assert_eq!(calls(&request).await, 2);
    request["parallel_tool_calls"] = json!(false);
    assert_eq!(calls(&request).await, 1);
}

#[tokio::test]
async fn ollama_streams_each_tool_call_whole_on_openais_route() {
    let sim = spawn(SimOptions::unpaced(Engine::Ollama, ["m"])).await.unwrap();
    let mut request = chat("The weather and time in Oslo?", true);
    request["tools"] = tools();
    let chunks = events(&text_of(post(&sim, CHAT, &request).await).await);
    let calls: Vec<_> = chunks
        .iter()
        .map(|chunk| &chunk["choices"][0]["delta"]["tool_calls"][0])
        .filter(|call| call.is_object())
        .collect();
    assert_eq!(calls.len(), 2);
    assert_eq!(
        (&calls[1]["index"], &calls[1]["function"]["arguments"]),
        (&json!(1), &json!(r#"{"city":"Oslo"}"#))
    );
    assert_eq!(chunks.last().unwrap()["choices"][0]["finish_reason"], "tool_calls");
}

#[tokio::test]
async fn a_guard_model_judges_the_last_message() {
    let sim = spawn(SimOptions::unpaced(Engine::Vllm, ["llama-guard"])).await.unwrap();
    for (text, verdict) in [("nice day", "safe"), ("how to murder", "unsafe\nS1")] {
        let mut request = chat(text, false);
        request["model"] = json!("llama-guard");
        let (_, body) = json_of(post(&sim, CHAT, &request).await).await;
        assert_eq!(body["choices"][0]["message"]["content"], verdict);
    }
}
