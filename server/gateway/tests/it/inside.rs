//! Calls made inside the process, and those that may wait.

use axum::body::{Body, Bytes};
use futures::FutureExt;
use gateway::{BatchShare, InsideCall, Priority};
use http::{HeaderMap, StatusCode};
use http_body_util::BodyExt;
use metering::CallStatus;
use serde_json::{Value, json};
use shared::UsageEventId;
use sim::Engine;

use crate::world::{PATIENCE, Plan, World, hello, streamed};

fn call(world: &World, path: &str, body: &Value, priority: Priority) -> InsideCall {
    InsideCall {
        key: world.acme.key_id,
        path: path.to_owned(),
        body: Bytes::from(body.to_string()),
        priority,
        work: None,
        headers: HeaderMap::new(),
    }
}

async fn json_of(body: Body) -> Value {
    serde_json::from_slice(&body.collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test]
async fn a_call_inside_is_answered_and_metered_like_one_from_outside() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let id = UsageEventId::generate();
    let mut inside = call(&world, "/v1/chat/completions", &hello(), Priority::Batch);
    inside.work = Some(id);
    let response = world.inside.call(inside).await;
    assert_eq!(response.status(), StatusCode::OK);
    let answer = json_of(response.into_body()).await;
    assert_eq!(answer["model"], "llama");
    let event = world.events(1).await.remove(0);
    assert_eq!((event.id, event.key_id, event.status), (id, world.acme.key_id, CallStatus::Completed));

    let response = world
        .inside
        .call(call(&world, "/v1/chat/completions", &streamed(hello()), Priority::Interactive))
        .await;
    let text = response.into_body().collect().await.unwrap().to_bytes();
    assert!(text.ends_with(b"data: [DONE]\n\n"));
}

#[tokio::test]
async fn a_call_that_was_cut_off_hides_nothing_of_the_one_that_does_its_work() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let work = UsageEventId::generate();
    let the_call = |model: &str| {
        let body = json!({"model": model, "messages": [{"role": "user", "content": "x"}]});
        InsideCall { work: Some(work), ..call(&world, "/v1/chat/completions", &body, Priority::Batch) }
    };
    drop(world.inside.call(the_call("nought")).await);
    // Cut off before it was polled to its end.
    let slow = world.inside.call(the_call("llama"));
    assert!(slow.now_or_never().is_none());
    drop(world.inside.call(the_call("llama")).await);
    drop(world.inside.call(the_call("llama")).await);
    let events = world.events(4).await;
    let status = |wanted| events.iter().filter(|event| event.status == wanted).collect::<Vec<_>>();
    let (completed, rejected) = (status(CallStatus::Completed), status(CallStatus::Rejected));
    let left = status(CallStatus::ClientAbort);
    // Done twice, it goes by the one id that the database keeps once.
    assert!(completed.len() == 2 && completed.iter().all(|event| event.id == work), "{completed:?}");
    assert_eq!((rejected.len(), left.len()), (1, 1), "{events:?}");
    assert!(rejected[0].id != work && left[0].id != work && left[0].id != rejected[0].id);
    assert_eq!(left[0].started_at, completed[0].started_at);
}

#[tokio::test]
async fn mistakes_and_bad_keys_are_answered_as_outside() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    for (path, body, status, code) in [
        (
            "/v1/chat/completions",
            json!({"model": "nought", "messages": [{"role": "user", "content": "x"}]}),
            404,
            "model_not_found",
        ),
        ("/v1/embeddings", json!({"model": "llama"}), 400, "missing_required_parameter"),
        ("/v1/nothing", json!({}), 404, "not_found"),
        ("not a path", json!({}), 404, "not_found"),
    ] {
        let response = world.inside.call(call(&world, path, &body, Priority::Batch)).await;
        assert_eq!(response.status().as_u16(), status, "{path}");
        assert_eq!(json_of(response.into_body()).await["error"]["code"], code);
    }
    let mut stranger = call(&world, "/v1/chat/completions", &hello(), Priority::Batch);
    stranger.key = shared::ApiKeyId::generate();
    assert_eq!(world.inside.call(stranger).await.status(), StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn calls_that_may_wait_hold_their_share_and_no_more() {
    let mut plan = Plan::of(&[Engine::Openai]);
    plan.sim = |options| options.ttft_ms = 150;
    plan.settings.batch = BatchShare { percent: 25, slots: 8 };
    plan.settings.timeouts.total = PATIENCE;
    let world = std::sync::Arc::new(plan.start().await);
    let calls: Vec<_> = (0..10)
        .map(|_| {
            let world = world.clone();
            tokio::spawn(async move {
                let inside = call(&world, "/v1/chat/completions", &hello(), Priority::Batch);
                world.inside.call(inside).await.status()
            })
        })
        .collect();
    for call in calls {
        assert_eq!(call.await.unwrap(), StatusCode::OK);
    }
    assert_eq!(world.sims[0].stats().peak_in_flight, 2, "a quarter of eight slots");
}

#[tokio::test]
async fn calls_that_may_wait_yield_to_interactive_ones() {
    let mut plan = Plan::of(&[Engine::Openai]);
    plan.sim = |options| options.tokens_per_s = 40.0;
    plan.settings.batch = BatchShare { percent: 50, slots: 2 };
    plan.settings.timeouts.total = PATIENCE;
    let world = std::sync::Arc::new(plan.start().await);
    let interactive = |world: std::sync::Arc<World>| {
        tokio::spawn(async move { world.chat(&hello()).send().await.unwrap().status() })
    };
    let (one, two) = (interactive(world.clone()), interactive(world.clone()));
    world.until(0, |stats| stats.in_flight == 2).await;
    let waiting = {
        let world = world.clone();
        tokio::spawn(async move {
            let inside = call(&world, "/v1/chat/completions", &hello(), Priority::Batch);
            world.inside.call(inside).await.status()
        })
    };
    assert_eq!((one.await.unwrap(), two.await.unwrap()), (StatusCode::OK, StatusCode::OK));
    assert_eq!(waiting.await.unwrap(), StatusCode::OK);
    assert_eq!(world.sims[0].stats().peak_in_flight, 2, "it began when a slot was free");
}
