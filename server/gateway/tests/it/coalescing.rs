//! Embedding requests that arrive together go as one.

use futures::future::join_all;
use serde_json::{Value, json};
use shared::route::RouteSpec;
use sim::{Engine, Fault, FaultKind};
use snapshot::ModelKind;

use crate::{
    routes::{add_route, arm},
    told::{good, refused},
    world::{PATIENCE, Plan, World},
};

async fn world(engine: Engine) -> World {
    let mut plan = Plan::of(&[engine]);
    plan.sim = |options| options.models = vec!["sim-embed=embedding".into()];
    plan.settings.timeouts.total = PATIENCE;
    let mut world = plan.start().await;
    world.serve("embedder", ModelKind::Embedding, 0, "sim-embed");
    let arms = vec![arm("only", 1, &["embedder"])];
    add_route(&mut world, "together", RouteSpec { arms, coalesce_ms: Some(20), ..RouteSpec::default() });
    world
}

fn input(model: &str, of: impl Into<Value>) -> Value {
    json!({"model": model, "input": of.into()})
}

fn text(number: usize) -> String {
    format!("text {number} {}", "of a railway ".repeat(number))
}

#[tokio::test]
async fn twenty_at_once_are_one_or_two_requests_and_each_gets_its_own() {
    let world = world(Engine::Vllm).await;
    let mut alone = Vec::new();
    for number in 0..20 {
        alone.push(good(world.post("/v1/embeddings", &input("embedder", text(number)))).await);
    }
    // How close together they arrive is the machine's affair: on a busy one the window may pass.
    let mut fewest = u64::MAX;
    for _ in 0..20 {
        let before = world.sims[0].stats().requests;
        let calls =
            (0..20).map(|number| good(world.post("/v1/embeddings", &input("together", text(number)))));
        let answers = join_all(calls).await;
        fewest = fewest.min(world.sims[0].stats().requests - before);
        for (answer, alone) in answers.iter().zip(&alone) {
            assert_eq!(answer["data"], alone["data"]);
            assert_eq!(answer["model"], "embedder");
        }
        let total = |answers: &[Value]| -> u64 {
            answers.iter().map(|answer| answer["usage"]["prompt_tokens"].as_u64().unwrap()).sum()
        };
        assert_eq!(total(&answers), total(&alone), "no token is lost");
        if fewest <= 2 {
            break;
        }
    }
    assert!(fewest <= 2, "at best {fewest} requests for twenty");
}

#[tokio::test]
async fn several_inputs_and_other_fields_stay_apart() {
    let world = world(Engine::Vllm).await;
    let with = |mut body: Value, field: &str, value: Value| {
        body[field] = value;
        body
    };
    let bodies = [
        input("together", json!(["one", "two"])),
        input("together", "three"),
        with(input("together", "three"), "dimensions", json!(8)),
        with(input("together", "three"), "encoding_format", json!("base64")),
        input("together", json!([1, 2, 3])),
    ];
    let answers = join_all(bodies.iter().map(|body| good(world.post("/v1/embeddings", body)))).await;
    for (body, answer) in bodies.iter().zip(&answers) {
        let mut alone = body.clone();
        alone["model"] = json!("embedder");
        assert_eq!(answer["data"], good(world.post("/v1/embeddings", &alone)).await["data"], "{body}");
    }
    assert_eq!(answers[0]["data"].as_array().unwrap().len(), 2);
    assert_eq!(answers[2]["data"][0]["embedding"].as_array().unwrap().len(), 8);
}

#[tokio::test]
async fn an_engines_error_is_told_to_each() {
    let world = world(Engine::Vllm).await;
    world.sims[0].fault(Fault::new(FaultKind::Oom));
    let calls = (0..5).map(|number| refused(world.post("/v1/embeddings", &input("together", text(number)))));
    for (status, code, _) in join_all(calls).await {
        assert_eq!((status, code.as_str()), (503, "engine_out_of_memory"));
    }
}

#[tokio::test]
async fn one_that_leaves_costs_the_others_nothing_and_all_that_leave_cancel() {
    let world = world(Engine::Vllm).await;
    world.sims[0].fault(Fault::new(FaultKind::Hang).times(1));
    let calls: Vec<_> = (0..3)
        .map(|number| tokio::spawn(world.post("/v1/embeddings", &input("together", text(number))).send()))
        .collect();
    world.until(0, |stats| stats.in_flight >= 1).await;
    calls.iter().for_each(tokio::task::JoinHandle::abort);
    world.until(0, |stats| stats.in_flight == 0).await;
    // One of two leaves within the window.
    let leaves = tokio::spawn(world.post("/v1/embeddings", &input("together", "gone")).send());
    let stays = good(world.post("/v1/embeddings", &input("together", "here")));
    leaves.abort();
    assert_eq!(stays.await["data"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn more_than_the_engine_takes_at_once_goes_alone_and_is_split() {
    let world = world(Engine::Tei).await;
    let inputs: Vec<_> = (0..100).map(text).collect();
    let bodies = [input("together", inputs.clone()), input("together", "one more")];
    let answers = join_all(bodies.iter().map(|body| good(world.post("/v1/embeddings", body)))).await;
    assert_eq!(answers[0]["data"].as_array().unwrap().len(), 100);
    let alone = good(world.post("/v1/embeddings", &input("embedder", "one more"))).await;
    assert_eq!(answers[1]["data"], alone["data"]);
}
