//! Engines outside the platform: off by default, never for data that may not leave, never into our own networks.

use reqwest::Method;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind};

use crate::{
    told::{cost, good, good_text, refused},
    world::{Plan, World, hello, streamed},
};

async fn outside() -> World {
    let mut plan = Plan::of(&[Engine::Openai]);
    plan.deployment = |_, deployment| deployment.external = true;
    plan.start().await
}

#[tokio::test]
async fn no_call_leaves_unless_account_and_data_class_allow_it() {
    let mut world = outside().await;
    let not_allowed = (403, "model_not_allowed".to_owned(), Some("model".to_owned()));
    assert_eq!(refused(world.chat(&hello())).await, not_allowed);

    world.draft.rows.tenants[0].external_engines = true;
    world.publish();
    let response = world.chat(&hello()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-switchyard-external"], "true");

    world.draft.rows.projects[0].data_class_allows_external = false;
    world.publish();
    assert_eq!(refused(world.chat(&hello())).await, not_allowed);
    let stats = world.sims[0].stats();
    assert_eq!(stats.requests, 1, "only the call that was allowed left");
}

#[tokio::test]
async fn one_inside_serves_where_the_other_may_not() {
    let mut plan = Plan::of(&[Engine::Openai, Engine::Vllm]);
    plan.deployment = |index, deployment| deployment.external = index == 0;
    let world = plan.start().await;
    for _ in 0..5 {
        let response = world.chat(&hello()).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(!response.headers().contains_key("x-switchyard-external"));
    }
    assert_eq!(world.sims[0].stats().requests, 0);
}

#[tokio::test]
async fn a_tenants_own_upstream_serves_it_alone() {
    let mut world = outside().await;
    let acme = world.acme.id;
    world.change_deployment(0, |one| one.owner_tenant = Some(acme));
    for tenant in &mut world.draft.rows.tenants {
        tenant.external_engines = true;
    }
    world.publish();
    good(world.chat(&hello())).await;
    let other = || world.http.post(world.url("/v1/chat/completions")).bearer_auth(&world.globex.key);
    let (status, code, _) = refused(other().json(&hello())).await;
    assert_eq!((status, code.as_str()), (503, "engine_unavailable"));
    let listed: Value = good(world.http.get(world.url("/v1/models")).bearer_auth(&world.globex.key)).await;
    assert_eq!(listed["total_count"], 0);
    assert_eq!(good(world.request(Method::GET, "/v1/models")).await["total_count"], 1);
}

#[tokio::test]
async fn what_a_tenants_own_upstream_serves_is_recorded_and_costs_nothing() {
    let mut plan = Plan::of(&[Engine::Openai, Engine::Vllm]).in_order();
    plan.draft = Box::new(|draft, acme, _| {
        draft.rows.tenants[0].external_engines = true;
        let own = &mut draft.rows.deployments[0];
        (own.external, own.owner_tenant) = (true, Some(acme.id));
    });
    let world = plan.start().await;
    let messages = json!({"model": "llama", "max_tokens": 50, "messages": hello()["messages"]});
    let mut stream = streamed(hello());
    stream["stream_options"] = json!({"include_usage": true});
    for request in [world.chat(&hello()), world.chat(&stream), world.post("/v1/messages", &messages)] {
        let text = good_text(request).await;
        assert!(text.contains(r#""cost":0,"is_byok":true"#), "{text}");
    }
    // The operator's own, when the tenant's fails.
    world.sims[0].fault(Fault::new(FaultKind::Refuse));
    let text = good_text(world.chat(&hello())).await;
    assert!(cost(&text) > Decimal::ZERO && !text.contains("is_byok"), "{text}");

    let events = world.events(4).await;
    for event in &events[..3] {
        assert_eq!((event.amount, event.price_id), (Decimal::ZERO, None));
        assert!(event.tokens.completion > 0, "{event:?}");
    }
    assert!(events[3].amount > Decimal::ZERO && events[3].price_id.is_some());
}

#[tokio::test]
async fn an_address_in_our_own_networks_is_never_reached_as_external() {
    let mut plan = Plan::of(&[Engine::Openai]);
    plan.deployment = |_, deployment| deployment.external = true;
    plan.external_loopback = false;
    let mut world = plan.start().await;
    world.draft.rows.tenants[0].external_engines = true;
    world.publish();
    let (status, code, _) = refused(world.chat(&hello())).await;
    assert_eq!((status, code.as_str()), (503, "engine_unavailable"));
    let stats = world.sims[0].stats();
    assert_eq!(stats.requests, 0, "{stats:?}");
}
