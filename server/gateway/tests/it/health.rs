//! Deployments that fail are left alone, and come back.

use std::time::Duration;

use gateway::{InsideCall, Priority};
use http::{HeaderMap, StatusCode};
use routing::{BreakerPolicy, Lora};
use serde_json::json;
use sim::{Engine, Fault, FaultKind};
use snapshot::{DeploymentHealth, HEALTH_HASH, HealthState, PoolKind};

use crate::world::{PATIENCE, Plan, World, hello};

async fn health(world: &World, index: usize, wanted: impl Fn(&DeploymentHealth) -> bool) -> DeploymentHealth {
    let begun = tokio::time::Instant::now();
    loop {
        let fields = world.kv.get_fields(HEALTH_HASH).await.unwrap();
        let json = fields.get(&world.deployments[index].to_string());
        let found = json.map(|json| serde_json::from_slice::<DeploymentHealth>(json).unwrap());
        if let Some(found) = found.clone().filter(&wanted) {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "{found:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn each_engine_is_probed_its_own_way() {
    let world = Plan::of(&[Engine::Vllm, Engine::Openai, Engine::Ollama]).start().await;
    for index in 0..3 {
        let found = health(&world, index, |health| health.state == HealthState::Healthy).await;
        assert!(!found.models.is_empty());
    }
    assert!(health(&world, 0, |_| true).await.load.is_some(), "vLLM tells its load");
}

#[tokio::test]
async fn a_lora_that_its_engine_works_with_is_told_and_weighed() {
    let mut plan = Plan::of(&[Engine::Vllm, Engine::Vllm]);
    plan.settings.probe_every = Duration::from_millis(100);
    plan.deployment = |index, deployment| {
        if index == 0 {
            deployment.upstream_model = "acme-support".into();
        }
    };
    let world = plan.start().await;
    let load = json!({"lora_name": "acme-support", "lora_path": "/loras/acme-support"});
    let loaded =
        world.http.post(format!("{}/v1/load_lora_adapter", world.sims[0].base_url())).json(&load).send();
    assert_eq!(loaded.await.unwrap().status(), StatusCode::OK);
    assert_eq!(
        health(&world, 0, |health| health.state == HealthState::Healthy).await.lora_at_work,
        Some(true)
    );
    assert_eq!(health(&world, 1, |health| health.state == HealthState::Healthy).await.lora_at_work, None);
    let call = InsideCall {
        key: world.acme.key_id,
        path: "/v1/chat/completions".into(),
        body: hello().to_string().into(),
        priority: Priority::Interactive,
        work: None,
        headers: HeaderMap::new(),
    };
    let seen: Vec<_> =
        world.inside.explain(call).await.unwrap().decision.candidates.iter().map(|one| one.lora).collect();
    assert_eq!(seen, [Lora::Resident, Lora::NotAsked]);
}

#[tokio::test]
async fn a_deployment_without_its_model_is_not_ready_and_gets_no_calls() {
    let mut plan = Plan::of(&[Engine::Vllm, Engine::Vllm]);
    plan.deployment = |index, deployment| {
        if index == 0 {
            deployment.upstream_model = "not-loaded".into();
        }
    };
    plan.settings.probe_every = Duration::from_millis(100);
    let world = plan.start().await;
    let found = health(&world, 0, |health| health.state == HealthState::NotReady).await;
    assert!(found.reason.unwrap().contains("not-loaded"));
    health(&world, 1, |health| health.state == HealthState::Healthy).await;
    for _ in 0..10 {
        assert_eq!(world.chat(&hello()).send().await.unwrap().status(), StatusCode::OK);
    }
    assert_eq!(world.sims[0].stats().requests, 0);
}

#[tokio::test]
async fn a_breaker_opens_on_failures_is_told_and_recovers() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.settings.max_attempts = 1;
    plan.settings.breaker =
        BreakerPolicy { failures_in_a_row: 3, rest: Duration::from_millis(400), ..BreakerPolicy::default() };
    plan.settings.probe_every = Duration::from_millis(100);
    let world = plan.start().await;
    world.sims[0].fault(Fault::new(FaultKind::Http500).times(3));
    for _ in 0..3 {
        assert_eq!(world.chat(&hello()).send().await.unwrap().status(), StatusCode::BAD_GATEWAY);
    }
    let refused = world.chat(&hello()).send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert!(refused.headers().contains_key("retry-after"));
    assert_eq!(world.sims[0].stats().requests, 3, "an open breaker keeps calls away");
    let down = health(&world, 0, |health| health.state == HealthState::Down).await;
    assert!(down.reason.unwrap().contains("breaker"));

    let begun = tokio::time::Instant::now();
    while world.chat(&hello()).send().await.unwrap().status() != StatusCode::OK {
        assert!(begun.elapsed() < PATIENCE);
    }
    health(&world, 0, |health| health.state == HealthState::Healthy).await;
}

#[tokio::test]
async fn a_busy_engine_does_not_open_its_breaker() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.settings.max_attempts = 1;
    let world = plan.start().await;
    world.sims[0].fault(Fault::new(FaultKind::Http429).times(30));
    for _ in 0..30 {
        let response = world.chat(&hello()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert!(response.headers().contains_key("retry-after"));
    }
    assert_eq!(world.chat(&hello()).send().await.unwrap().status(), StatusCode::OK);
    assert_eq!(world.sims[0].stats().requests, 31);
}

#[tokio::test]
async fn a_gateway_serves_while_the_shared_store_is_away() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    // Nothing listens on port 1.
    plan.kv = kv::open(Some("redis://127.0.0.1:1")).unwrap();
    let world = plan.start().await;
    assert!(world.readiness.is_ready());
    assert_eq!(world.chat(&hello()).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_breaker_that_opened_on_one_replica_is_open_on_the_others() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.settings.max_attempts = 1;
    plan.settings.breaker =
        BreakerPolicy { failures_in_a_row: 2, rest: PATIENCE, ..BreakerPolicy::default() };
    let one = plan.start().await;
    // The other replica knows the same deployment by the same id.
    let mut plan = Plan::of(&[]);
    plan.kv = one.kv.clone();
    let rows = one.draft.rows.clone();
    plan.draft = Box::new(move |draft, _, _| {
        let pool = draft.pool;
        let model = draft.rows.models[0].id;
        draft.rows.deployments = rows.deployments;
        draft.rows.deployments.iter_mut().for_each(|one| (one.pool_id, one.model_id) = (pool, model));
    });
    let other = plan.start().await;
    assert_eq!(other.chat(&hello()).send().await.unwrap().status(), StatusCode::OK);
    one.sims[0].fault(Fault::new(FaultKind::Http500).times(2));
    for _ in 0..2 {
        assert_eq!(one.chat(&hello()).send().await.unwrap().status(), StatusCode::BAD_GATEWAY);
    }
    let begun = tokio::time::Instant::now();
    while other.chat(&hello()).send().await.unwrap().status() == StatusCode::OK {
        assert!(begun.elapsed() < PATIENCE);
    }
}

#[tokio::test]
async fn a_dedicated_pool_serves_its_own_tenant_alone() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.draft = Box::new(|draft, acme, _| draft.rows.pools[0].kind = PoolKind::Dedicated(acme.id));
    let world = plan.start().await;
    assert_eq!(world.chat(&hello()).send().await.unwrap().status(), StatusCode::OK);
    let stranger =
        world.http.post(world.url("/v1/chat/completions")).bearer_auth(&world.globex.key).json(&hello());
    let refused = stranger.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(world.sims[0].stats().requests, 1);
}

#[tokio::test]
async fn calls_spread_over_equal_deployments() {
    let world = Plan::of(&[Engine::Vllm, Engine::Vllm, Engine::Vllm]).start().await;
    for _ in 0..60 {
        assert_eq!(world.chat(&hello()).send().await.unwrap().status(), StatusCode::OK);
    }
    for sim in &world.sims {
        assert!(sim.stats().requests >= 5, "{:?}", sim.stats());
    }
}
