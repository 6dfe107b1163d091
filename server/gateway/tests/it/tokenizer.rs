//! A model's own tokenizer enforces its context exactly; without one the estimate that stands in for it says so.

use serde_json::{Value, json};
use sim::Engine;
use snapshot::TokenizerRef;

use crate::{
    told::good,
    world::{PATIENCE, Plan, World, hello},
};

/// A token a word, and one for each sign.
const WORDS: &str = r#"{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],"normalizer":null,
    "pre_tokenizer":{"type":"Whitespace"},"post_processor":null,"decoder":null,
    "model":{"type":"WordLevel","vocab":{"[UNK]":0},"unk_token":"[UNK]"}}"#;

async fn world(folder: &tempfile::TempDir) -> World {
    let path = folder.path().join("words.json");
    std::fs::write(&path, WORDS).unwrap();
    // An engine that does not tokenise itself.
    let mut plan = Plan::of(&[Engine::Openai]);
    plan.sim = |options| options.context = 100_000;
    let mut world = plan.start().await;
    let id = world.model;
    world.change_model(id, |model| {
        model.context_length = 256;
        model.max_output_tokens = None;
        model.tokenizer = Some(TokenizerRef { sha256: "a".repeat(64), path });
    });
    world.publish();
    // Read in the background: until then the estimate counts.
    let begun = tokio::time::Instant::now();
    while counted_by(&world).await != "tokenizer" {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    world
}

async fn counted_by(world: &World) -> String {
    let body = json!({"model": "llama", "messages": [{"role": "user", "content": "x"}]});
    let response = world.post("/v1/messages/count_tokens", &body).send().await.unwrap();
    response.headers()["x-switchyard-counted-by"].to_str().unwrap().to_owned()
}

fn words(count: usize) -> Value {
    let mut body = hello();
    body["messages"] = json!([{"role": "user", "content": "word ".repeat(count)}]);
    body["max_tokens"] = json!(10);
    body
}

#[tokio::test]
async fn the_context_is_enforced_to_the_token() {
    let folder = tempfile::tempdir().unwrap();
    let world = world(&folder).await;
    // 3 for the message's bounds, 10 for the answer.
    good(world.chat(&words(243))).await;
    let sent = world.sims[0].stats().requests;
    let response = world.chat(&words(244)).send().await.unwrap();
    let told: Value = response.json().await.unwrap();
    assert_eq!(told["error"]["code"], "context_length_exceeded");
    let message = told["error"]["message"].as_str().unwrap();
    assert!(message.contains("By its tokenizer `messages` has 247 tokens"), "{message}");
    assert_eq!(world.sims[0].stats().requests, sent, "no engine was asked");
}

#[tokio::test]
async fn long_prompts_are_counted_too() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = world(&folder).await;
    let id = world.model;
    world.change_model(id, |model| model.context_length = 6000);
    world.publish();
    // Beyond what is counted at once; one long word each time, so that the estimate alone would not tell.
    let text = "abcdefghijklmno ".repeat(3900);
    let mut body = hello();
    body["messages"] = json!([{"role": "user", "content": text}]);
    good(world.chat(&body)).await;
}
