//! Which keys are good, where, and until when.

use chrono::TimeDelta;
use gateway::REVOCATIONS_CHANNEL;
use http::StatusCode;
use reqwest::{RequestBuilder, Response};
use serde_json::Value;
use shared::ApiKeyId;
use sim::Engine;
use snapshot::TenantStatus;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};

use crate::{
    sse::Stream,
    world::{PATIENCE, Plan, World, hello, now, streamed},
};

/// The status and the body without what differs by nature.
async fn told(response: Response) -> (StatusCode, Value) {
    (response.status(), response.json().await.unwrap())
}

async fn answer(request: RequestBuilder) -> (StatusCode, Value) {
    told(request.json(&hello()).send().await.unwrap()).await
}

fn post(world: &World, path: &str, key: &str) -> RequestBuilder {
    world.http.post(world.url(path)).bearer_auth(key)
}

#[tokio::test]
async fn every_bad_key_gets_the_same_answer() {
    type Keys = (String, String, String);
    let keys: Arc<Mutex<Option<Keys>>> = Arc::default();
    let kept = keys.clone();
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.draft = Box::new(move |draft, acme, _| {
        let (_, expired) =
            draft.key(acme.id, acme.project, |key| key.expires_at = Some(now() - TimeDelta::hours(1)));
        let (_, disabled) = draft.key(acme.id, acme.project, |key| key.disabled = true);
        let (id, unknown) = draft.key(acme.id, acme.project, |_| {});
        draft.rows.keys.retain(|key| key.id != id);
        *kept.lock().unwrap() = Some((expired, disabled, unknown));
    });
    let world = plan.start().await;
    let (expired, disabled, unknown) = keys.lock().unwrap().clone().unwrap();
    let good = world.acme.key.clone();
    let path = "/v1/chat/completions";
    let requests = [
        ("expired", post(&world, path, &expired)),
        ("disabled", post(&world, path, &disabled)),
        ("unknown", post(&world, path, &unknown)),
        ("nonsense", post(&world, path, "hello")),
        ("mistyped", post(&world, path, &good[..good.len() - 1])),
        ("foreign endpoint", post(&world, "/t/globex/v1/chat/completions", &good)),
        ("no such endpoint", post(&world, "/t/nobody/v1/chat/completions", &good)),
        ("foreign host", post(&world, path, &good).header("host", "globex.gateway.test")),
        ("disagreeing header", post(&world, path, &good).header("openai-tenant", "globex")),
    ];
    let mut answers = Vec::new();
    for (what, request) in requests {
        let (status, body) = answer(request).await;
        assert_eq!(
            (status, body["error"]["code"].as_str()),
            (StatusCode::UNAUTHORIZED, Some("invalid_api_key")),
            "{what}"
        );
        answers.push(body);
    }
    assert!(answers.iter().all(|body| *body == answers[0]), "{answers:#?}");
    assert_eq!(world.sims[0].stats().requests, 0);
}

#[tokio::test]
async fn a_suspended_tenant_is_told_so_and_only_with_its_own_key() {
    let mut world = Plan::of(&[Engine::Vllm]).start().await;
    let acme = world.acme.id;
    let tenants = &mut world.draft.rows.tenants;
    tenants
        .iter_mut()
        .filter(|tenant| tenant.id == acme)
        .for_each(|tenant| tenant.status = TenantStatus::Suspended);
    world.publish();
    let (status, body) = answer(world.chat(&hello())).await;
    assert_eq!((status, body["error"]["code"].as_str()), (StatusCode::FORBIDDEN, Some("tenant_suspended")));
    let (status, _) = answer(post(&world, "/t/acme/v1/chat/completions", &world.globex.key)).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn a_key_with_a_list_may_use_only_what_is_on_it() {
    let listed = Arc::new(Mutex::new(String::new()));
    let kept = listed.clone();
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.draft = Box::new(move |draft, acme, _| {
        draft.model("other");
        let (_, key) =
            draft.key(acme.id, acme.project, |key| key.allowed_models = Some(vec!["other".into()]));
        *kept.lock().unwrap() = key;
    });
    let world = plan.start().await;
    let key = listed.lock().unwrap().clone();
    let (status, body) = answer(post(&world, "/v1/chat/completions", &key)).await;
    assert_eq!((status, body["error"]["code"].as_str()), (StatusCode::NOT_FOUND, Some("model_not_found")));
    let list: Value =
        world.http.get(world.url("/v1/models")).bearer_auth(&key).send().await.unwrap().json().await.unwrap();
    assert_eq!(list["total_count"], 1);
    assert_eq!(list["data"][0]["id"], "other");
}

#[tokio::test]
async fn a_new_model_is_served_by_the_very_next_call() {
    let mut world = Plan::of(&[Engine::Vllm]).start().await;
    let mut body = hello();
    body["model"] = "fresh".into();
    assert_eq!(world.chat(&body).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let model = world.draft.model("fresh");
    let url = world.sims[0].base_url();
    world.draft.deployment(model, snapshot::EngineKind::Vllm, &url, |_| {});
    world.publish();
    assert_eq!(world.chat(&body).send().await.unwrap().status(), StatusCode::OK);
}

#[tokio::test]
async fn a_revoked_key_is_refused_at_once_and_its_open_stream_ends() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| options.tokens_per_s = 20.0;
    plan.settings.timeouts.total = PATIENCE;
    let world = plan.start().await;
    let mut body = streamed(hello());
    body["min_tokens"] = 2000.into();
    let mut response = world.chat(&body).send().await.unwrap();
    let mut stream = Stream::default();
    assert!(stream.more(&mut response).await);
    revoke(&world, world.acme.key_id).await;
    while stream.more(&mut response).await {}
    assert!(!stream.done);
    assert_eq!(stream.error_code(), Some("invalid_api_key"));
    assert_eq!(stream.finish_reason(), Some("error"));
    assert_eq!(world.chat(&hello()).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    world.until(0, |stats| stats.cancelled == 1 && stats.in_flight == 0).await;
    body["stream"] = false.into();
    body["max_tokens"] = 2.into();
    body["min_tokens"] = 0.into();
    let other = post(&world, "/v1/chat/completions", &world.globex.key).json(&body).send().await.unwrap();
    assert_eq!(other.status(), StatusCode::OK, "another key goes on");
}

/// Tells it as the control plane does, until the gateway has heard.
async fn revoke(world: &World, key: ApiKeyId) {
    world.kv.publish(REVOCATIONS_CHANNEL, key.to_string().as_bytes()).await.unwrap();
}

#[tokio::test]
async fn a_call_that_waits_ends_when_its_tenant_is_suspended() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| options.ttft_ms = 15_000;
    plan.settings.timeouts.first_token = PATIENCE;
    plan.settings.timeouts.total = PATIENCE;
    let mut world = plan.start().await;
    let waiting = tokio::spawn(world.chat(&hello()).send());
    world.until(0, |stats| stats.in_flight == 1).await;
    world.draft.rows.tenants.iter_mut().for_each(|tenant| tenant.status = TenantStatus::Suspended);
    world.publish();
    assert_eq!(waiting.await.unwrap().unwrap().status(), StatusCode::FORBIDDEN);
    world.until(0, |stats| stats.cancelled == 1).await;
}

#[tokio::test]
async fn a_tenant_at_its_limit_is_told_to_wait_and_another_is_not() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.sim = |options| options.ttft_ms = 700;
    plan.settings.timeouts.first_token = PATIENCE;
    plan.settings.timeouts.total = PATIENCE;
    plan.draft = Box::new(|draft, acme, _| {
        let tenants = &mut draft.rows.tenants;
        tenants
            .iter_mut()
            .filter(|tenant| tenant.id == acme.id)
            .for_each(|tenant| tenant.max_concurrent_requests = Some(1));
    });
    let world = plan.start().await;
    let first = tokio::spawn(world.chat(&hello()).send());
    world.until(0, |stats| stats.in_flight == 1).await;
    let refused = world.chat(&hello()).send().await.unwrap();
    assert!(refused.headers().contains_key("retry-after"));
    let (status, body) = told(refused).await;
    assert_eq!(
        (status, body["error"]["code"].as_str()),
        (StatusCode::TOO_MANY_REQUESTS, Some("concurrency_limit_exceeded"))
    );
    let other = tokio::spawn(post(&world, "/v1/chat/completions", &world.globex.key).json(&hello()).send());
    assert_eq!(first.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(other.await.unwrap().unwrap().status(), StatusCode::OK);
    assert_eq!(
        world.chat(&hello()).send().await.unwrap().status(),
        StatusCode::OK,
        "its place is free again"
    );
}

#[tokio::test]
async fn a_draining_gateway_refuses_new_calls_and_is_not_ready() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    assert!(world.readiness.is_ready());
    world.readiness.drain();
    assert!(world.readiness.why_not().is_some());
    let response = world.chat(&hello()).send().await.unwrap();
    assert!(response.headers().contains_key("retry-after"));
    assert_eq!(told(response).await.1["error"]["code"], "draining");
}

#[tokio::test]
async fn a_replica_that_starts_with_an_old_configuration_knows_what_was_revoked() {
    let one = Plan::of(&[Engine::Vllm]).start().await;
    revoke(&one, one.acme.key_id).await;
    let begun = tokio::time::Instant::now();
    while one.chat(&hello()).send().await.unwrap().status() != StatusCode::UNAUTHORIZED {
        assert!(begun.elapsed() < PATIENCE);
    }
    // It still has the key in its rows, as a snapshot from disk would.
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.kv = one.kv.clone();
    let revoked = one.acme.key_id;
    plan.draft = Box::new(move |draft, acme, _| {
        for key in &mut draft.rows.keys {
            if key.id == acme.key_id {
                key.id = revoked;
            }
        }
        for secret in &mut draft.rows.secrets {
            if secret.key_id == acme.key_id {
                secret.key_id = revoked;
            }
        }
    });
    let other = plan.start().await;
    assert_eq!(other.chat(&hello()).send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let good = post(&other, "/v1/chat/completions", &other.globex.key).json(&hello()).send().await.unwrap();
    assert_eq!(good.status(), StatusCode::OK);
}

#[tokio::test]
async fn a_configuration_too_old_is_not_served_where_the_operator_says_so() {
    let mut plan = Plan::of(&[Engine::Vllm]);
    plan.settings.max_configuration_age = Some(Duration::from_millis(300));
    let world = plan.start().await;
    assert_eq!(world.chat(&hello()).send().await.unwrap().status(), StatusCode::OK);
    let begun = tokio::time::Instant::now();
    while world.readiness.is_ready() {
        assert!(begun.elapsed() < PATIENCE);
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let (status, body) = answer(world.chat(&hello())).await;
    assert_eq!(
        (status, body["error"]["code"].as_str()),
        (StatusCode::SERVICE_UNAVAILABLE, Some("unavailable"))
    );
    world.configuration.confirm(now());
    assert!(world.readiness.is_ready());
}

#[tokio::test]
async fn a_large_body_with_a_bad_key_is_answered_not_cut_off() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let request =
        world.http.post(world.url("/v1/chat/completions")).bearer_auth("nonsense").body("x".repeat(20 << 20));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::UNAUTHORIZED);
    let request = world.request(reqwest::Method::POST, "/v1/chat/completions").body("x".repeat(20 << 20));
    assert_eq!(request.send().await.unwrap().status(), StatusCode::PAYLOAD_TOO_LARGE);
}
