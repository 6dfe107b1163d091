//! OpenRouter's fields: whom a caller wants to be served by.

use rust_decimal::Decimal;
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind};
use snapshot::ModelKind;

use crate::{
    told::{good, refused},
    world::{Plan, World, hello},
};

fn with(field: &str, value: Value) -> Value {
    let mut body = hello();
    body[field] = value;
    body
}

/// Two deployments of one model, in eu and us.
async fn regions() -> World {
    let mut plan = Plan::of(&[Engine::Vllm, Engine::Ollama]);
    plan.deployment = |index, deployment| {
        deployment.region = Some(if index == 0 { "eu" } else { "us" }.into());
        deployment.quantization = (index == 1).then(|| "fp8".into());
    };
    plan.start().await
}

async fn served_by(world: &World, body: &Value) -> usize {
    let before: Vec<_> = world.sims.iter().map(|sim| sim.stats().requests).collect();
    good(world.chat(body)).await;
    let after = world.sims.iter().map(|sim| sim.stats().requests);
    after.zip(before).position(|(after, before)| after > before).unwrap()
}

#[tokio::test]
async fn filters_and_order_decide_who_serves_and_never_reach_an_engine() {
    let world = regions().await;
    for (provider, expected) in [
        (json!({"only": ["us"]}), 1),
        (json!({"ignore": ["us"]}), 0),
        (json!({"order": ["us", "eu"]}), 1),
        (json!({"order": ["VLLM"]}), 0),
        (json!({"quantizations": ["fp8"]}), 1),
        (json!({"order": ["us"], "allow_fallbacks": false}), 1),
    ] {
        for _ in 0..4 {
            assert_eq!(served_by(&world, &with("provider", provider.clone())).await, expected, "{provider}");
        }
        let sent = world.sims[expected].stats().last_request.unwrap().body;
        assert!(sent.get("provider").is_none() && sent.get("models").is_none(), "{sent}");
    }
}

#[tokio::test]
async fn an_order_falls_back_unless_that_is_ruled_out() {
    let world = regions().await;
    world.sims[1].fault(Fault::new(FaultKind::Refuse));
    let order = json!({"order": ["us"]});
    assert_eq!(served_by(&world, &with("provider", order)).await, 0);
    let strict = json!({"order": ["us"], "allow_fallbacks": false});
    let (status, ..) = refused(world.chat(&with("provider", strict))).await;
    assert_eq!(status, 503);
}

#[tokio::test]
async fn a_wish_that_nothing_meets_is_refused_by_its_field() {
    let world = regions().await;
    for (provider, field) in [
        (json!({"only": ["mars"]}), "provider.only"),
        (json!({"quantizations": ["int4"]}), "provider.quantizations"),
        (json!({"max_price": {"prompt": 0.5}}), "provider.max_price"),
    ] {
        let error = refused(world.chat(&with("provider", provider))).await;
        assert_eq!(error, (400, "invalid_value".into(), Some(field.into())));
    }
    good(world.chat(&with("provider", json!({"max_price": {"prompt": 1, "completion": "2"}})))).await;
}

#[tokio::test]
async fn parameters_that_a_model_does_not_list_count_only_where_they_are_required() {
    let world = regions().await;
    let mut body = with("provider", json!({"require_parameters": true}));
    body["temperature"] = json!(0.5);
    good(world.chat(&body)).await;
    body["min_p"] = json!(0.1);
    let error = refused(world.chat(&body)).await;
    assert_eq!(error, (400, "invalid_value".into(), Some("provider.require_parameters".into())));
    body.as_object_mut().unwrap().remove("provider");
    good(world.chat(&body)).await;
}

/// A second model at a tenth of the price, on the second simulator.
async fn two_models() -> World {
    let mut plan = Plan::of(&[Engine::Vllm, Engine::Vllm]);
    plan.sim = |options| options.models = vec!["sim-8b".into(), "sim-small".into()];
    let mut world = plan.start().await;
    let dear = world.deployments[1];
    world.draft.rows.deployments.retain(|one| one.id != dear);
    let cheap = world.serve("small", ModelKind::Chat, 1, "sim-small");
    for price in &mut world.draft.rows.prices {
        if price.model_id == cheap {
            price.prompt = Decimal::new(1, 7);
            price.completion = Decimal::new(2, 7);
        }
    }
    world.publish();
    world
}

#[tokio::test]
async fn a_model_that_fails_is_replaced_by_the_next_which_is_told_and_billed() {
    let world = two_models().await;
    let body = with("models", json!(["small"]));
    assert_eq!(good(world.chat(&body)).await["model"], "llama");
    world.sims[0].fault(Fault::new(FaultKind::Refuse));
    let response = world.chat(&body).send().await.unwrap();
    assert_eq!(response.headers()["x-switchyard-model"], "small");
    assert_eq!(response.json::<Value>().await.unwrap()["model"], "small");
    let event = world.events(2).await.remove(1);
    assert_eq!(
        (event.model_asked.as_str(), event.serving.as_ref().unwrap().model.as_str()),
        ("llama", "small")
    );
    let expected = Decimal::from(event.tokens.prompt) * Decimal::new(1, 7)
        + Decimal::from(event.tokens.completion) * Decimal::new(2, 7);
    assert_eq!(event.amount, expected);
}

#[tokio::test]
async fn the_cheapest_comes_first_where_that_is_asked() {
    let world = two_models().await;
    let mut body = with("models", json!(["small"]));
    body["provider"] = json!({"sort": "price"});
    assert_eq!(good(world.chat(&body)).await["model"], "small");
    let mut body = with("models", json!(["small"]));
    body["model"] = json!("llama:floor");
    assert_eq!(good(world.chat(&body)).await["model"], "small");
    let dear = json!({"max_price": {"prompt": 0.1}});
    let mut body = with("models", json!(["small"]));
    body["provider"] = dear;
    assert_eq!(good(world.chat(&body)).await["model"], "small");
}

#[tokio::test]
async fn what_asks_for_something_that_is_not_here_is_refused_by_name() {
    let world = regions().await;
    let unsupported = |field: &str| (400, "unsupported_parameter".to_owned(), Some(field.to_owned()));
    assert_eq!(refused(world.chat(&with("model", json!("llama:online")))).await, unsupported("model"));
    assert_eq!(
        refused(world.chat(&with("provider", json!({"zdr": true})))).await,
        unsupported("provider.zdr")
    );
}

#[tokio::test]
async fn the_fastest_and_the_soonest_may_be_asked_for() {
    let world = regions().await;
    assert_eq!(good(world.chat(&with("model", json!("llama:nitro")))).await["model"], "llama");
    for provider in [
        json!({"sort": "throughput"}),
        json!({"sort": {"by": "latency"}}),
        // Wishes that nothing meets: it is served all the same.
        json!({"preferred_max_latency": 0.000_001, "preferred_min_throughput": {"p90": 1_000_000}}),
    ] {
        assert_eq!(good(world.chat(&with("provider", provider))).await["model"], "llama");
    }
}

#[tokio::test]
async fn a_list_of_models_begins_with_the_first_that_the_caller_may_use() {
    let world = two_models().await;
    let mut body = with("models", json!(["nothing", "small", "llama"]));
    body["model"] = json!("nought");
    let response = world.chat(&body).send().await.unwrap();
    assert_eq!(response.headers()["x-switchyard-model"], "small");
    assert_eq!(response.json::<Value>().await.unwrap()["model"], "small");
    let event = world.events(1).await.remove(0);
    assert_eq!(event.model_asked, "nought");
    assert_eq!(event.serving.unwrap().model, "small");
    assert_eq!(good(world.chat(&with("models", json!(["nought"])))).await["model"], "llama");

    // Nothing is left: the first is named.
    body["models"] = json!(["nothing"]);
    let unknown = (404, "model_not_found".to_owned(), Some("model".to_owned()));
    assert_eq!(refused(world.chat(&body)).await, unknown);
    // What asks for something else than a model is refused, not passed over.
    let online = refused(world.chat(&with("models", json!(["small:online"])))).await;
    assert_eq!(online, (400, "unsupported_parameter".into(), Some("models[0]".into())));
}
