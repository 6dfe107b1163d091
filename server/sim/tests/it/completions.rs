use http::StatusCode;
use serde_json::{Value, json};
use sim::{Engine, SimOptions, spawn};

use crate::client::{events, json_of, post, text_of};

const PATH: &str = "/v1/completions";
const ENGINES: [Engine; 6] =
    [Engine::Vllm, Engine::Sglang, Engine::Nim, Engine::Llamacpp, Engine::Ollama, Engine::Openai];

#[tokio::test]
async fn every_engine_completes_whole_and_streamed_alike() {
    for engine in ENGINES {
        let sim = spawn(SimOptions::unpaced(engine, ["m"])).await.unwrap();
        let mut request = json!({"model": "m", "prompt": "Once upon a time", "max_tokens": 12});
        let (_, whole) = json_of(post(&sim, PATH, &request).await).await;
        assert_eq!(
            (&whole["object"], &whole["usage"]["completion_tokens"]),
            (&json!("text_completion"), &json!(12))
        );
        request["stream"] = json!(true);
        request["stream_options"] = json!({"include_usage": true});
        let chunks = events(&text_of(post(&sim, PATH, &request).await).await);
        let text: String = chunks.iter().filter_map(|chunk| chunk["choices"][0]["text"].as_str()).collect();
        assert_eq!(whole["choices"][0]["text"], text, "{engine:?}");
        let ends = |chunk: &&Value| chunk["choices"][0]["finish_reason"].is_string();
        assert_eq!(chunks.iter().find(ends).unwrap()["choices"][0]["finish_reason"], "length", "{engine:?}");
        let last = chunks.last().unwrap();
        // llama.cpp tells usage in the frame that ends the text, the others in one of its own.
        assert_eq!(last["choices"] == json!([]), engine != Engine::Llamacpp, "{engine:?}");
        for count in ["prompt_tokens", "completion_tokens", "total_tokens"] {
            assert_eq!(last["usage"][count], whole["usage"][count], "{engine:?}");
        }
    }
}

#[tokio::test]
async fn prompts_of_any_form_get_a_choice_each() {
    let sim = spawn(SimOptions::unpaced(Engine::Vllm, ["m"])).await.unwrap();
    let request = json!({"model": "m", "prompt": ["one", "two"], "n": 2, "echo": true});
    let (_, body) = json_of(post(&sim, PATH, &request).await).await;
    let choices = body["choices"].as_array().unwrap();
    assert_eq!(choices.len(), 4);
    assert!(choices[3]["text"].as_str().unwrap().starts_with("two"));

    let (_, tokens) = json_of(post(&sim, "/tokenize", &json!({"prompt": "one"})).await).await;
    let by_number = json!({"model": "m", "prompt": tokens["tokens"], "n": 2, "echo": true});
    let (_, numbered) = json_of(post(&sim, PATH, &by_number).await).await;
    assert_eq!(numbered["choices"][0]["text"], choices[0]["text"]);
}

#[tokio::test]
async fn log_probabilities_are_parallel_lists() {
    let sim = spawn(SimOptions::unpaced(Engine::Openai, ["m"])).await.unwrap();
    let request = json!({"model": "m", "prompt": "one", "logprobs": 2, "max_tokens": 3});
    let (_, body) = json_of(post(&sim, PATH, &request).await).await;
    let lists = &body["choices"][0]["logprobs"];
    let length = |key: &str| lists[key].as_array().unwrap().len();
    assert!(["tokens", "token_logprobs", "top_logprobs", "text_offset"].iter().all(|key| length(key) == 3));
    assert_eq!(lists["top_logprobs"][0].as_object().map(serde_json::Map::len), Some(2));
}

#[tokio::test]
async fn llamacpp_writes_log_probabilities_as_a_chats() {
    let sim = spawn(SimOptions::unpaced(Engine::Llamacpp, ["m"])).await.unwrap();
    let request = json!({"model": "m", "prompt": "one", "logprobs": 2, "max_tokens": 3});
    let (_, body) = json_of(post(&sim, PATH, &request).await).await;
    let logprobs = &body["choices"][0]["logprobs"];
    assert_eq!(logprobs["content"].as_array().unwrap().len(), 3);
    assert!(logprobs.get("tokens").is_none() && logprobs["content"][0]["id"].is_u64());
}

#[tokio::test]
async fn a_prompt_too_long_is_refused_in_the_engines_words() {
    for (engine, words) in [
        (Engine::Vllm, "your prompt contains at least 8193 input tokens"),
        (Engine::Openai, "However, your prompt resulted in"),
    ] {
        let sim = spawn(SimOptions::unpaced(engine, ["m"])).await.unwrap();
        let request = json!({"model": "m", "prompt": "word ".repeat(9000)});
        let (status, body): (_, Value) = json_of(post(&sim, PATH, &request).await).await;
        assert_eq!(status, StatusCode::BAD_REQUEST);
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
}
