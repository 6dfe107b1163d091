//! What a route does when nothing can serve a call.

use std::{sync::Arc, time::Duration};

use gateway::{Deferral, Deferred, LaterBatch};
use metering::CallStatus;
use parking_lot::Mutex;
use reqwest::Response;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use shared::route::{Degrade, RouteSpec};
use sim::{Engine, Fault, FaultKind};
use snapshot::{DeploymentState, ModelKind};

use crate::{
    routes::{add_route, arm, asking},
    world::{Plan, World, streamed},
};

/// Keeps what it is given.
#[derive(Debug, Default)]
struct Kept(Mutex<Vec<Deferred>>);

impl Deferral for Kept {
    fn takes(&self, path: &str) -> bool {
        path == "/v1/chat/completions"
    }

    fn defer(&self, call: Deferred) -> LaterBatch<'_> {
        self.0.lock().push(call);
        Box::pin(async { Ok(json!({"id": "batch_1", "object": "batch", "status": "validating"})) })
    }
}

/// A route to `llama` on the first engine, with `small` on the second.
async fn world(when_exhausted: Vec<Degrade>) -> (World, Arc<Kept>) {
    let kept = Arc::new(Kept::default());
    let mut plan = Plan::of(&[Engine::Vllm, Engine::Vllm]);
    plan.deferral = Some(kept.clone());
    let mut world = plan.start().await;
    world.serve("small", ModelKind::Chat, 1, "sim-8b");
    world.draft.rows.deployments.remove(1);
    world.publish();
    let arms = vec![arm("only", 1, &["llama"])];
    add_route(&mut world, "support", RouteSpec { arms, when_exhausted, ..RouteSpec::default() });
    (world, kept)
}

fn small() -> Degrade {
    Degrade::Model { model: "small".into() }
}

fn degraded(response: &Response) -> Option<&str> {
    response.headers().get("x-switchyard-degraded").map(|value| value.to_str().unwrap())
}

/// Status, what was done, and the body.
async fn seen(response: Response) -> (u16, Option<String>, Value) {
    let (status, by) = (response.status().as_u16(), degraded(&response).map(str::to_owned));
    (status, by, response.json().await.unwrap())
}

async fn ask(world: &World, body: &Value) -> (u16, Option<String>, Value) {
    seen(world.chat(body).send().await.unwrap()).await
}

#[tokio::test]
async fn a_smaller_model_answers_and_is_named_and_billed() {
    let (world, _) = world(vec![small()]).await;
    assert_eq!(ask(&world, &asking("support")).await.1, None);
    world.sims[0].fault(Fault::new(FaultKind::Http503));
    let (status, by, answer) = ask(&world, &asking("support")).await;
    assert_eq!((status, by.as_deref(), &answer["model"]), (200, Some("model"), &json!("small")), "{answer}");
    let event = world.events(2).await.remove(1);
    assert_eq!((event.status, event.serving.unwrap().model.as_str()), (CallStatus::Completed, "small"));
    assert!(event.amount > Decimal::ZERO);
}

#[tokio::test]
async fn a_smaller_model_answers_where_nothing_is_in_service() {
    let (mut world, _) = world(vec![small()]).await;
    world.change_deployment(0, |one| one.state = DeploymentState::Draining);
    world.publish();
    let (status, by, _) = ask(&world, &asking("support")).await;
    assert_eq!((status, by.as_deref()), (200, Some("model")));
}

#[tokio::test]
async fn a_callers_own_fault_is_not_degraded() {
    let (world, kept) = world(vec![small(), Degrade::Batch]).await;
    let mut body = asking("support");
    body["messages"] = json!([{"role": "user", "content": "word ".repeat(10_000)}]);
    let call = world.chat(&body).header("x-switchyard-accept-batch", "true");
    let (status, by, answer) = seen(call.send().await.unwrap()).await;
    assert_eq!((status, by), (400, None), "{answer}");
    assert!(kept.0.lock().is_empty() && world.sims[1].stats().requests == 0);
}

#[tokio::test]
async fn a_smaller_model_that_is_not_granted_or_in_another_region_is_passed_over() {
    let (mut world, _) = world(vec![small()]).await;
    world.sims[0].fault(Fault::new(FaultKind::Http503));
    let (tenant, id) = (world.acme.id, world.draft.rows.models[1].id);
    let grants = world.draft.rows.grants.clone();
    world.draft.rows.grants.retain(|grant| grant.tenant_id != tenant || grant.model_id != id);
    world.publish();
    assert_eq!(ask(&world, &asking("support")).await.0, 503);
    world.draft.rows.grants = grants;
    world.draft.rows.tenants[0].residency = Some(vec!["eu".into()]);
    world.change_deployment(1, |one| one.region = Some("us".into()));
    world.publish();
    assert_eq!(ask(&world, &asking("support")).await.0, 503);
    assert_eq!(world.sims[1].stats().requests, 0);
}

#[tokio::test]
async fn a_call_waits_until_its_model_is_back() {
    let (world, _) = world(vec![Degrade::Wait { most_ms: 4_000 }]).await;
    world.sims[0].fault(Fault::new(FaultKind::Http503).times(4));
    let (status, by, answer) = ask(&world, &asking("support")).await;
    assert_eq!((status, by.as_deref()), (200, Some("wait")), "{answer}");
    assert_eq!(answer["model"], "llama");
}

#[tokio::test]
async fn a_call_that_waits_is_woken_when_a_deployment_comes() {
    let (mut world, _) = world(vec![Degrade::Wait { most_ms: 4_000 }]).await;
    world.change_deployment(0, |one| one.state = DeploymentState::Draining);
    world.publish();
    let mut call = tokio::spawn(world.chat(&asking("support")).send());
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut call).await.is_err(), "it waits");
    world.change_deployment(0, |one| one.state = DeploymentState::Active);
    world.publish();
    let response = call.await.unwrap().unwrap();
    assert_eq!((response.status().as_u16(), degraded(&response)), (200, Some("wait")));
}

#[tokio::test]
async fn a_caller_that_leaves_ends_its_wait_and_one_that_waits_has_its_place() {
    let (mut world, _) = world(vec![Degrade::Wait { most_ms: 4_000 }]).await;
    world.change_deployment(0, |one| one.state = DeploymentState::Draining);
    world.draft.rows.tenants[0].max_concurrent_requests = Some(0);
    world.publish();
    let (status, _, answer) = ask(&world, &asking("support")).await;
    assert_eq!((status, &answer["error"]["code"]), (429, &json!("concurrency_limit_exceeded")), "{answer}");
    world.draft.rows.tenants[0].max_concurrent_requests = None;
    world.publish();
    let mut call = tokio::spawn(world.chat(&asking("support")).send());
    assert!(tokio::time::timeout(Duration::from_millis(300), &mut call).await.is_err(), "it waits");
    call.abort();
    let event = world.events(2).await.remove(1);
    assert_eq!((event.status, event.http_status), (CallStatus::ClientAbort, 499));
}

#[tokio::test]
async fn a_wait_ends_with_the_error_that_it_began_with_and_what_comes_after_is_done() {
    let (world, _) = world(vec![Degrade::Wait { most_ms: 100 }, small()]).await;
    world.sims[0].fault(Fault::new(FaultKind::Http503));
    let (status, by, _) = ask(&world, &asking("support")).await;
    assert_eq!((status, by.as_deref()), (200, Some("model")));
    world.sims[1].fault(Fault::new(FaultKind::Http503));
    let (status, by, answer) = ask(&world, &asking("support")).await;
    assert_eq!((status, by, &answer["error"]["code"]), (503, None, &json!("engine_overloaded")));
}

#[tokio::test]
async fn a_caller_that_takes_a_batch_gets_its_id_and_is_not_charged() {
    let (world, kept) = world(vec![Degrade::Batch]).await;
    world.sims[0].fault(Fault::new(FaultKind::Http503));
    let body = streamed(asking("support"));
    assert_eq!(ask(&world, &body).await.0, 503, "not asked for");
    let call = world.chat(&body).header("x-switchyard-accept-batch", "true");
    let (status, by, answer) = seen(call.send().await.unwrap()).await;
    assert_eq!((status, by.as_deref(), &answer["id"]), (202, Some("batch"), &json!("batch_1")));
    let call = kept.0.lock().remove(0);
    let stored: Value = serde_json::from_slice(&call.body).unwrap();
    assert_eq!((call.path.as_str(), call.key), ("/v1/chat/completions", world.acme.key_id));
    assert_eq!((&stored["model"], stored.get("stream")), (&json!("support"), None));
    let event = world.events(2).await.remove(1);
    assert_eq!((event.status, event.http_status), (CallStatus::Rejected, 202));
    assert_eq!(event.amount, Decimal::ZERO);
}

#[tokio::test]
async fn fail_ends_the_list() {
    let (world, _) = world(vec![Degrade::Fail, small()]).await;
    world.sims[0].fault(Fault::new(FaultKind::Http503));
    let (status, by, _) = ask(&world, &asking("support")).await;
    assert_eq!((status, by), (503, None));
}
