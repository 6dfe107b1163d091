//! `POST /v1/moderations`.

use metering::Operation;
use serde_json::json;
use sim::Engine;
use snapshot::ModelKind;

use crate::{
    told::{good, judge, refused},
    world::{Plan, World},
};

async fn world() -> World {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| options.models = vec!["sim-8b".into(), "sim-toxic=classify".into()];
    let mut world = plan.start().await;
    world.serve("guard", ModelKind::Moderation, 0, "sim-toxic");
    world
}

#[tokio::test]
async fn a_classifier_answers_in_openais_categories_for_each_text() {
    let world = world().await;
    let body = json!({"model": "guard", "input": ["a calm sentence", "I hate and will kill you"]});
    let answer = good(world.post("/v1/moderations", &body)).await;
    judge("CreateModerationResponse", &answer);
    assert_eq!((answer["model"].as_str(), answer["results"].as_array().unwrap().len()), (Some("guard"), 2));
    let event = world.events(1).await.remove(0);
    assert_eq!(event.operation, Operation::Moderation);
    assert!(event.tokens.prompt > 0);
}

#[tokio::test]
async fn without_a_model_the_accounts_moderation_model_judges() {
    let world = world().await;
    let answer = good(world.post("/v1/moderations", &json!({"input": "a calm sentence"}))).await;
    assert_eq!(answer["model"], "guard");

    let none = Plan::of(&[Engine::Vllm]).start().await;
    let error = refused(none.post("/v1/moderations", &json!({"input": "x"}))).await;
    assert_eq!(error, (404, "model_not_found".into(), Some("model".into())));
}

#[tokio::test]
async fn a_model_that_is_no_classifier_is_refused() {
    let world = world().await;
    let error = refused(world.post("/v1/moderations", &json!({"model": "llama", "input": "x"}))).await;
    assert_eq!(error, (400, "unsupported_parameter".into(), Some("model".into())));
}
