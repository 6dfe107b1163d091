//! `GET /v1/models` and `/v1/models/{id}`: what a caller may use, with what it needs to know.

use reqwest::Method;
use serde_json::Value;
use sim::Engine;

use crate::{
    told::{good, judge, refused},
    world::{Plan, World},
};

async fn list(world: &World) -> Vec<Value> {
    let list = good(world.request(Method::GET, "/v1/models")).await;
    list["data"].as_array().unwrap().clone()
}

#[tokio::test]
async fn a_model_tells_its_capabilities_as_parameters_and_its_limits() {
    let mut world = Plan::of(&[Engine::Vllm, Engine::Vllm]).start().await;
    world.change_deployment(0, |one| {
        one.context_length = Some(1024);
        one.max_output_tokens = Some(512);
    });
    world.publish();
    let model = &list(&world).await[0];
    judge("Model", model);
    let parameters: Vec<_> =
        model["supported_parameters"].as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
    for expected in ["temperature", "tools", "tool_choice", "structured_outputs", "top_logprobs"] {
        assert!(parameters.contains(&expected), "{expected} in {parameters:?}");
    }
    assert!(!parameters.contains(&"reasoning"));
    assert_eq!(parameters.iter().filter(|name| **name == "tools").count(), 1);
    // The roomier of the two deployments counts.
    assert_eq!(model["top_provider"]["context_length"], 8192);
    assert_eq!(model["top_provider"]["max_completion_tokens"], 4096);
    assert_eq!((&model["pricing"]["prompt"], &model["external"]), (&"0.000001".into(), &false.into()));
}

#[tokio::test]
async fn what_stands_outside_is_shown_as_external_to_who_may_use_it_and_to_nobody_else() {
    let mut world = Plan::of(&[Engine::Vllm]).start().await;
    world.change_deployment(0, |one| one.external = true);
    world.publish();
    assert!(list(&world).await.is_empty());
    let hidden = refused(world.request(Method::GET, "/v1/models/llama")).await;
    assert_eq!(hidden, (404, "model_not_found".into(), Some("model".into())));

    world.draft.rows.tenants[0].external_engines = true;
    world.publish();
    assert_eq!(list(&world).await[0]["external"], true);
    world.draft.rows.projects[0].data_class_allows_external = false;
    world.publish();
    assert!(list(&world).await.is_empty());
}
