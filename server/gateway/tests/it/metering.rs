//! One usage event a call, whatever its end.

use http::StatusCode;
use metering::CallStatus;
use rust_decimal::Decimal;
use serde_json::{Value, json};
use sim::{Engine, Fault, FaultKind};

use crate::{
    sse::Stream,
    world::{PATIENCE, Plan, hello, streamed},
};

#[tokio::test]
async fn an_event_is_on_disk_before_the_caller_sees_the_end() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let mut body = hello();
    body["user"] = json!("their-user-7");
    let answer: Value = world.chat(&body).send().await.unwrap().json().await.unwrap();
    // No waiting: it must be there already.
    let events = crate::spool::events(world.spool_path());
    assert_eq!(events.len(), 1);
    let event = &events[0];
    assert_eq!(event.status, CallStatus::Completed);
    assert_eq!(event.tenant_id, world.acme.id);
    assert_eq!(event.key_id, world.acme.key_id);
    assert_eq!(event.project_id, world.acme.project);
    assert_eq!(event.end_user.as_deref(), Some("their-user-7"));
    assert_eq!(event.model_asked, "llama");
    assert_eq!(event.model_id, Some(world.model));
    assert_eq!(event.finish_reason.as_deref(), Some("stop"));
    assert_eq!((event.tries, event.fallbacks, event.streamed), (1, 0, false));
    assert_eq!(event.serving.as_ref().unwrap().deployment_id, world.deployments[0]);
    assert_eq!(json!(event.tokens.prompt), answer["usage"]["prompt_tokens"]);
    assert_eq!(json!(event.tokens.completion), answer["usage"]["completion_tokens"]);
    assert!(!event.tokens_estimated);
    let expected = Decimal::from(event.tokens.prompt) * Decimal::new(1, 6)
        + Decimal::from(event.tokens.completion) * Decimal::new(2, 6);
    assert_eq!(event.amount, expected);
    assert!(event.trace_id.as_ref().is_some_and(|id| id.len() == 32));

    let stream = Stream::read(world.chat(&streamed(hello())).send().await.unwrap()).await;
    assert!(stream.done);
    let events = crate::spool::events(world.spool_path());
    assert_eq!(events.len(), 2);
    assert_eq!((events[1].status, events[1].streamed), (CallStatus::Completed, true));
    assert!(events[1].first_token_ms.is_some());
    assert_eq!(events[1].tokens, events[0].tokens);
    assert_eq!(events[1].amount, events[0].amount);
}

#[tokio::test]
async fn an_aborted_stream_is_billed_for_what_was_delivered() {
    for engine in [Engine::Vllm, Engine::Openai, Engine::Ollama] {
        let mut plan = Plan::of(&[engine]);
        plan.sim = |options| options.tokens_per_s = 60.0;
        plan.settings.timeouts.total = PATIENCE;
        let world = plan.start().await;
        let mut response = world.chat(&streamed(hello())).send().await.unwrap();
        let mut stream = Stream::default();
        while stream.chunks.len() < 6 {
            assert!(stream.more(&mut response).await);
        }
        drop(response);
        let event = world.events(1).await.remove(0);
        assert_eq!((event.status, event.http_status), (CallStatus::ClientAbort, 499), "{engine:?}");
        assert!(event.tokens.prompt > 0 && event.tokens.completion >= 4, "{event:#?}");
        assert!(event.tokens.completion < 40, "{event:#?}");
        assert_eq!(event.tokens_estimated, engine != Engine::Vllm, "only vLLM counts as it goes");
        assert!(event.amount > Decimal::ZERO);
    }
}

#[tokio::test]
async fn a_stream_that_broke_is_billed_for_what_came() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    world.sims[0].fault(Fault::new(FaultKind::Reset).after_tokens(5).times(1));
    let stream = Stream::read(world.chat(&streamed(hello())).send().await.unwrap()).await;
    assert!(!stream.done);
    let event = world.events(1).await.remove(0);
    assert_eq!((event.status, event.http_status), (CallStatus::UpstreamAbort, 200));
    assert_eq!(event.error_code.as_deref(), Some("stream_truncated"));
    assert_eq!(event.tokens.completion, 5);
    assert!(event.amount > Decimal::ZERO);
}

#[tokio::test]
async fn refusals_and_failures_are_events_that_cost_nothing() {
    let world = Plan::of(&[Engine::Vllm]).start().await;
    let mut unknown = hello();
    unknown["model"] = json!("nought");
    assert_eq!(world.chat(&unknown).send().await.unwrap().status(), StatusCode::NOT_FOUND);
    let broken = world.chat(&json!({"model": 7})).send().await.unwrap();
    assert_eq!(broken.status(), StatusCode::BAD_REQUEST);
    world.sims[0].fault(Fault::new(FaultKind::Http500));
    assert_eq!(world.chat(&hello()).send().await.unwrap().status(), StatusCode::BAD_GATEWAY);

    let events = world.events(3).await;
    let told: Vec<_> = events
        .iter()
        .map(|event| (event.status, event.http_status, event.error_code.as_deref().unwrap()))
        .collect();
    assert_eq!(
        told,
        [
            (CallStatus::Rejected, 404, "model_not_found"),
            (CallStatus::Rejected, 400, "invalid_value"),
            (CallStatus::Error, 502, "engine_failed"),
        ]
    );
    assert_eq!(events[0].model_asked, "nought");
    assert_eq!(events[2].tries, 3);
    assert!(events.iter().all(|event| event.amount == Decimal::ZERO));
    // A stranger is nobody's event.
    world.http.post(world.url("/v1/chat/completions")).json(&hello()).send().await.unwrap();
    assert_eq!(crate::spool::events(world.spool_path()).len(), 3);
}

#[tokio::test]
async fn under_load_with_faults_and_leavers_every_call_is_metered_once() {
    const CALLS: usize = 150;
    let mut plan = Plan::of(&[Engine::Vllm, Engine::Ollama, Engine::Openai]);
    plan.settings.timeouts.total = PATIENCE;
    plan.settings.timeouts.first_token = PATIENCE;
    plan.settings.timeouts.between_tokens = PATIENCE;
    let world = std::sync::Arc::new(plan.start().await);
    let kinds = [
        FaultKind::Http500,
        FaultKind::Reset,
        FaultKind::MalformedChunk,
        FaultKind::Truncate,
        FaultKind::Oom,
    ];
    for (sim, kind) in world.sims.iter().cycle().zip(kinds) {
        sim.fault(Fault::new(kind).times(5));
    }
    let calls = (0..CALLS).map(|number| {
        let world = world.clone();
        tokio::spawn(async move {
            let body = if number % 3 == 0 { hello() } else { streamed(hello()) };
            let mut response = world.chat(&body).send().await.unwrap();
            // A third leaves after the first bytes, or before the end at the latest.
            if number % 3 == 2 {
                let _ = response.chunk().await;
                return;
            }
            while let Ok(Some(_)) = response.chunk().await {}
        })
    });
    for call in calls.collect::<Vec<_>>() {
        call.await.unwrap();
    }
    for sim in 0..world.sims.len() {
        world.until(sim, |stats| stats.in_flight == 0).await;
    }
    let events = world.events(CALLS).await;
    let ids: std::collections::HashSet<_> = events.iter().map(|event| event.id).collect();
    assert_eq!((events.len(), ids.len()), (CALLS, CALLS));
    assert!(events.iter().all(|event| event.status != CallStatus::Rejected));
}
