//! `POST /v1/completions`.

use metering::{CallStatus, Operation};
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind};

use crate::{
    sse::Stream,
    told::{cost, good_text, judge},
    world::{Plan, World},
};

async fn world(engine: Engine) -> World {
    Plan::of(&[engine]).start().await
}

fn prompt() -> Value {
    json!({"model": "llama", "prompt": "The switchyard is", "max_tokens": 64})
}

fn text(stream: &Stream) -> String {
    stream.chunks.iter().filter_map(|chunk| chunk["choices"][0]["text"].as_str()).collect()
}

#[tokio::test]
async fn it_answers_whole_and_streamed_with_the_same_text() {
    for engine in [Engine::Vllm, Engine::Openai, Engine::Ollama, Engine::Tgi, Engine::Llamacpp] {
        let world = world(engine).await;
        let whole = good_text(world.post("/v1/completions", &prompt())).await;
        assert!(cost(&whole) > rust_decimal::Decimal::ZERO);
        let whole: Value = serde_json::from_str(&whole).unwrap();
        assert_eq!(
            (whole["object"].as_str(), whole["model"].as_str()),
            (Some("text_completion"), Some("llama"))
        );
        judge("CreateCompletionResponse", &whole);

        let mut body = prompt();
        body["stream"] = json!(true);
        body["stream_options"] = json!({"include_usage": true});
        let stream = Stream::read(world.post("/v1/completions", &body).send().await.unwrap()).await;
        assert!(stream.done, "{engine:?}: {stream:#?}");
        assert_eq!(text(&stream), whole["choices"][0]["text"].as_str().unwrap(), "{engine:?}");
        assert!(stream.usage().unwrap()["cost"].is_number());
        for chunk in &stream.chunks {
            let mut chunk = chunk.clone();
            // OpenAI's own streams have null there before the end, which its document does not know of.
            for choice in chunk["choices"].as_array_mut().unwrap() {
                if choice["finish_reason"].is_null() {
                    choice["finish_reason"] = json!("stop");
                }
            }
            judge("CreateCompletionResponse", &chunk);
        }
        let events = world.events(2).await;
        assert!(events.iter().all(|event| event.operation == Operation::Completion));
        assert_eq!(events[0].tokens, events[1].tokens, "{engine:?}");
        assert_eq!((events[0].streamed, events[1].streamed), (false, true));
    }
}

#[tokio::test]
async fn several_prompts_have_an_answer_each_and_the_stream_ends_after_the_last() {
    let world = world(Engine::Vllm).await;
    let mut body = prompt();
    body["prompt"] = json!(["One", "Two", "Three"]);
    let whole = good_text(world.post("/v1/completions", &body)).await;
    let whole: Value = serde_json::from_str(&whole).unwrap();
    assert_eq!(whole["choices"].as_array().unwrap().len(), 3);
    body["stream"] = json!(true);
    let stream = Stream::read(world.post("/v1/completions", &body).send().await.unwrap()).await;
    assert!(stream.done);
    let ended = |chunk: &&Value| chunk["choices"][0]["finish_reason"].is_string();
    assert_eq!(stream.chunks.iter().filter(ended).count(), 3);
}

#[tokio::test]
async fn token_ids_are_a_prompt_too() {
    let world = world(Engine::Vllm).await;
    let mut body = prompt();
    body["prompt"] = json!([1, 2, 3, 4]);
    good_text(world.post("/v1/completions", &body)).await;
    assert_eq!(world.sims[0].stats().last_request.unwrap().body["prompt"], json!([1, 2, 3, 4]));
}

#[tokio::test]
async fn a_stream_that_breaks_ends_with_an_error_in_its_own_form() {
    let world = world(Engine::Vllm).await;
    world.sims[0].fault(Fault::new(FaultKind::Reset).after_tokens(3).times(1));
    let mut body = prompt();
    body["stream"] = json!(true);
    let stream = Stream::read(world.post("/v1/completions", &body).send().await.unwrap()).await;
    assert!(!stream.done);
    let last = stream.chunks.last().unwrap();
    assert_eq!(last["object"], "text_completion");
    assert_eq!(last["choices"][0]["finish_reason"], "error");
    assert_eq!(last["error"]["code"], "stream_truncated");
    assert_eq!(world.events(1).await[0].status, CallStatus::UpstreamAbort);
}

#[tokio::test]
async fn leaving_a_stream_cancels_the_engines_work() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| options.tokens_per_s = 30.0;
    let world = plan.start().await;
    let mut body = prompt();
    body["stream"] = json!(true);
    let mut response = world.post("/v1/completions", &body).send().await.unwrap();
    let mut stream = Stream::default();
    while text(&stream).is_empty() {
        assert!(stream.more(&mut response).await);
    }
    drop(response);
    world.until(0, |stats| stats.cancelled == 1 && stats.in_flight == 0).await;
    assert_eq!(world.events(1).await[0].status, CallStatus::ClientAbort);
}
