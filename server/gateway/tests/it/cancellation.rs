//! A caller that leaves takes its call with it.

use sim::Engine;

use crate::{
    sse::Stream,
    world::{PATIENCE, Plan, World, hello, streamed},
};

async fn slow(engine: Engine) -> World {
    let mut plan = Plan::of(&[engine]);
    plan.sim = |options| options.tokens_per_s = 30.0;
    plan.settings.timeouts.total = PATIENCE;
    plan.start().await
}

#[tokio::test]
async fn leaving_a_stream_cancels_the_engines_work() {
    for engine in [Engine::Vllm, Engine::Openai, Engine::Ollama] {
        let world = slow(engine).await;
        let mut response = world.chat(&streamed(hello())).send().await.unwrap();
        let mut stream = Stream::default();
        while stream.text().is_empty() {
            assert!(stream.more(&mut response).await);
        }
        drop(response);
        world.until(0, |stats| stats.cancelled == 1 && stats.in_flight == 0).await;
    }
}

#[tokio::test]
async fn leaving_a_whole_answer_cancels_the_engines_work() {
    for engine in [Engine::Vllm, Engine::Openai, Engine::Ollama] {
        let world = slow(engine).await;
        let call = tokio::spawn(world.chat(&hello()).send());
        world.until(0, |stats| stats.in_flight == 1).await;
        call.abort();
        world.until(0, |stats| stats.cancelled == 1 && stats.in_flight == 0).await;
        assert_eq!(world.events(1).await[0].http_status, 499);
    }
}

#[tokio::test]
async fn leaving_before_the_first_token_cancels_too() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| options.ttft_ms = 15_000;
    plan.settings.timeouts.first_token = PATIENCE;
    let world = plan.start().await;
    let call = tokio::spawn(world.chat(&streamed(hello())).send());
    world.until(0, |stats| stats.in_flight == 1).await;
    call.abort();
    world.until(0, |stats| stats.cancelled == 1 && stats.in_flight == 0).await;
}
