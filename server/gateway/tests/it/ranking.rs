//! `POST /v1/rerank`, `/v1/tokenize`, `/v1/detokenize`.

use metering::Operation;
use rust_decimal::Decimal;
use serde_json::json;
use sim::Engine;
use snapshot::ModelKind;

use crate::{
    told::{good, refused},
    world::{Plan, World},
};

async fn world(engine: Engine) -> World {
    let mut plan = Plan::of(&[engine]);
    plan.sim = |options| options.models = vec!["sim-8b".into(), "sim-rerank=rerank".into()];
    let mut world = plan.start().await;
    world.serve("ranker", ModelKind::Rerank, 0, "sim-rerank");
    world
}

#[tokio::test]
async fn documents_come_back_by_relevance() {
    for engine in [Engine::Vllm, Engine::Llamacpp] {
        let world = world(engine).await;
        let body = json!({
            "model": "ranker",
            "query": "railway switchyard",
            "documents": ["a cake recipe", "the railway switchyard at night", {"text": "railway"}],
            "top_n": 2,
            "return_documents": true,
        });
        let answer = good(world.post("/v1/rerank", &body)).await;
        let results = answer["results"].as_array().unwrap();
        assert_eq!(results.len(), 2, "{engine:?}: {answer}");
        assert_eq!(results[0]["index"], 1, "{engine:?}: {answer}");
        assert_eq!(results[0]["document"]["text"], "the railway switchyard at night", "{engine:?}");
        assert!(results[0]["relevance_score"].as_f64() >= results[1]["relevance_score"].as_f64());
        let event = world.events(1).await.remove(0);
        assert_eq!(event.operation, Operation::Rerank);
        assert!(event.tokens.prompt > 0 && event.tokens.completion == 0, "{engine:?}: {event:#?}");
        assert!(event.amount > Decimal::ZERO);
    }
}

#[tokio::test]
async fn tokenising_goes_there_and_back_and_costs_nothing() {
    let world = world(Engine::Vllm).await;
    let body = json!({"model": "llama", "prompt": "The railway switchyard"});
    let tokens = good(world.post("/v1/tokenize", &body)).await;
    assert_eq!(tokens["count"].as_u64().unwrap(), tokens["tokens"].as_array().unwrap().len() as u64);
    assert!(tokens.get("usage").is_none());
    let back =
        good(world.post("/v1/detokenize", &json!({"model": "llama", "tokens": tokens["tokens"]}))).await;
    assert_eq!(back["prompt"], "The railway switchyard");
    let events = world.events(2).await;
    assert!(events.iter().all(|event| event.operation == Operation::Tokenize));
    assert!(events.iter().all(|event| event.amount == Decimal::ZERO && event.tokens.prompt == 0));
}

#[tokio::test]
async fn an_engine_without_the_task_is_refused_by_name() {
    let world = Plan::of(&[Engine::Openai]).start().await;
    let body = json!({"model": "llama", "prompt": "x"});
    let error = refused(world.post("/v1/tokenize", &body)).await;
    assert_eq!(error, (400, "unsupported_parameter".into(), Some("model".into())));
}
