//! What a caller of each surface beside chat is told of its mistakes: status, code, field and words, in one golden file.

use std::fmt::Write;

use serde_json::{Value, json};
use sim::Engine;
use snapshot::ModelKind;

use crate::world::{Plan, World};

async fn world() -> World {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| {
        options.models = vec![
            "sim-8b".into(),
            "sim-embed=embedding".into(),
            "sim-rerank=rerank".into(),
            "sim-toxic=classify".into(),
        ];
    };
    let mut world = plan.start().await;
    world.serve("embedder", ModelKind::Embedding, 0, "sim-embed");
    world.serve("ranker", ModelKind::Rerank, 0, "sim-rerank");
    world.serve("guard", ModelKind::Moderation, 0, "sim-toxic");
    world
}

fn completions() -> Vec<Value> {
    let with = |field: &str, value: Value| {
        let mut body = json!({"model": "llama", "prompt": "x"});
        body[field] = value;
        body
    };
    vec![
        json!({"model": "llama"}),
        json!({"prompt": "x"}),
        with("prompt", json!("")),
        with("prompt", json!([])),
        with("prompt", json!(["x", ""])),
        with("prompt", json!([-1])),
        with("prompt", json!({"text": "x"})),
        with("max_tokens", json!(0)),
        with("max_tokens", json!(5000)),
        with("n", json!(0)),
        with("best_of", json!(0)),
        with("stream_options", json!({"include_usage": true})),
        with("rag", json!({"enabled": true})),
        with("prompt", json!(vec!["x"; 200])),
        with("prompt", json!("word ".repeat(9000))),
    ]
}

fn embeddings() -> Vec<Value> {
    let with = |field: &str, value: Value| {
        let mut body = json!({"model": "embedder", "input": "x"});
        body[field] = value;
        body
    };
    vec![
        json!({"model": "embedder"}),
        with("input", json!("")),
        with("input", json!([])),
        with("input", json!(["x", ""])),
        with("input", json!([[1], []])),
        with("input", json!(["x", 7])),
        with("input", json!(7)),
        with("input", json!(vec!["x"; 2049])),
        with("encoding_format", json!("hex")),
        with("dimensions", json!(0)),
        with("dimensions", json!(-1)),
        with("model", json!("nought")),
    ]
}

fn others() -> Vec<(&'static str, Value)> {
    let rerank = |body: Value| ("/v1/rerank", body);
    let responses = |body: Value| ("/v1/responses", body);
    vec![
        rerank(json!({"model": "ranker", "query": "x"})),
        rerank(json!({"model": "ranker", "query": "", "documents": ["x"]})),
        rerank(json!({"model": "ranker", "query": "x", "documents": []})),
        rerank(json!({"model": "ranker", "query": "x", "documents": ["x", ""]})),
        rerank(json!({"model": "ranker", "query": "x", "documents": ["x"], "top_n": 0})),
        ("/v1/tokenize", json!({"model": "llama"})),
        ("/v1/tokenize", json!({"model": "llama", "prompt": "x", "messages": []})),
        ("/v1/tokenize", json!({"model": "llama", "messages": []})),
        ("/v1/detokenize", json!({"model": "llama", "tokens": []})),
        ("/v1/detokenize", json!({"model": "llama", "tokens": ["x"]})),
        ("/v1/moderations", json!({"model": "guard"})),
        ("/v1/moderations", json!({"model": "guard", "input": ""})),
        ("/v1/moderations", json!({"model": "guard", "input": []})),
        (
            "/v1/moderations",
            json!({"model": "guard", "input": [{"type": "image_url", "image_url": {"url": "https://example.com/x.png"}}]}),
        ),
        responses(json!({"input": "x"})),
        responses(json!({"model": "llama"})),
        responses(json!({"model": "llama", "input": 7})),
        responses(json!({"model": "llama", "input": "x", "store": true})),
        responses(json!({"model": "llama", "input": "x", "background": true})),
        responses(json!({"model": "llama", "input": "x", "previous_response_id": "resp_none"})),
        responses(json!({"model": "llama", "input": "x", "conversation": "conv_1"})),
        responses(json!({"model": "llama", "input": "x", "max_output_tokens": 5000})),
        responses(json!({"model": "llama", "input": "x", "tools": [{"type": "web_search"}]})),
        responses(json!({"model": "llama", "input": "word ".repeat(9000)})),
    ]
}

#[tokio::test]
async fn every_mistake_is_told_with_its_field_and_what_to_do() {
    let world = world().await;
    let mut told = String::new();
    let all = completions()
        .into_iter()
        .map(|body| ("/v1/completions", body))
        .chain(embeddings().into_iter().map(|body| ("/v1/embeddings", body)))
        .chain(others());
    for (path, body) in all {
        let sent: String = body.to_string().chars().take(120).collect();
        let response = world.post(path, &body).send().await.unwrap();
        let status = response.status();
        assert!(status.is_client_error(), "{path} {sent}: {status}");
        assert!(response.headers().contains_key("x-request-id"));
        let answer: Value = response.json().await.unwrap();
        let error = &answer["error"];
        assert_eq!(error.as_object().map(serde_json::Map::len), Some(4), "{path} {sent}: {answer}");
        let _ = writeln!(
            told,
            "{path} {sent}\n  {} {} · param {}\n  {}\n",
            status.as_u16(),
            error["code"].as_str().unwrap(),
            error["param"],
            error["message"].as_str().unwrap(),
        );
    }
    assert_eq!(world.sims[0].stats().requests, 0, "no engine was asked");
    assert!(!told.contains("127.0.0.1"));
    insta::assert_snapshot!(told);
}
