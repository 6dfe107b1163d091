//! A second deployment is asked when the first is late.

use metering::CallStatus;
use serde_json::Value;
use shared::route::{Hedge, RouteSpec};
use sim::{Engine, Fault, FaultKind, SimOptions};

use crate::{
    routes::{add_route, arm, asking},
    sse::Stream,
    told::good,
    world::{PATIENCE, Plan, World, streamed},
};

/// Two deployments, the second on standby.
async fn pair(hedge: Hedge, sim: fn(&mut SimOptions)) -> World {
    let mut plan = Plan::of(&[Engine::Vllm, Engine::Vllm]).in_order();
    plan.sim = sim;
    (plan.settings.timeouts.first_token, plan.settings.timeouts.total) = (PATIENCE, PATIENCE);
    let mut world = plan.start().await;
    let arms = vec![arm("only", 1, &["llama"])];
    add_route(&mut world, "support", RouteSpec { arms, hedge: Some(hedge), ..RouteSpec::default() });
    world
}

const SOON: Hedge = Hedge { after_ms: 50, most_percent: 50 };

/// Asks, and gives the whole text of the answer.
async fn ask(world: &World, stream: bool) -> String {
    let body = asking("support");
    if !stream {
        let answer: Value = good(world.chat(&body)).await;
        return answer["choices"][0]["message"]["content"].as_str().unwrap().to_owned();
    }
    let mut response = world.chat(&streamed(body)).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let mut stream = Stream::default();
    while stream.more(&mut response).await {}
    assert!(stream.done, "{}", stream.text());
    stream.text()
}

#[tokio::test]
async fn the_second_answers_where_the_first_is_late_and_the_first_is_dropped_at_once() {
    for stream in [false, true] {
        let world = pair(SOON, |_| {}).await;
        let alone = ask(&world, stream).await;
        world.sims[0].fault(Fault::new(FaultKind::Hang));
        assert_eq!(ask(&world, stream).await, alone, "one answer, whole");
        world.until(0, |stats| stats.in_flight == 0 && stats.cancelled == 1).await;
        assert_eq!(world.sims[1].stats().completed, 1);
        let event = world.events(2).await.remove(1);
        assert_eq!((event.status, event.tries), (CallStatus::Completed, 2));
        assert_eq!(event.serving.unwrap().deployment_id, world.deployments[1]);
        assert!(event.tokens.completion > 0);
    }
}

#[tokio::test]
async fn the_first_still_answers_when_it_is_first_after_all() {
    for stream in [false, true] {
        let world = pair(SOON, |options| options.ttft_ms = 300).await;
        world.sims[1].fault(Fault::new(FaultKind::Hang));
        ask(&world, stream).await;
        world.until(1, |stats| stats.in_flight == 0 && stats.cancelled == 1).await;
        let event = world.events(1).await.remove(0);
        assert_eq!((event.status, event.tries), (CallStatus::Completed, 2));
        assert_eq!(event.serving.unwrap().deployment_id, world.deployments[0]);
    }
}

#[tokio::test]
async fn the_first_may_fail_while_the_second_is_at_it() {
    let world = pair(SOON, |options| options.ttft_ms = 400).await;
    world.sims[0].fault(Fault::new(FaultKind::Reset).after_tokens(1));
    ask(&world, false).await;
    let event = world.events(1).await.remove(0);
    assert_eq!((event.status, event.tries), (CallStatus::Completed, 2));
    assert_eq!(event.serving.unwrap().deployment_id, world.deployments[1]);
}

#[tokio::test]
async fn what_is_in_time_or_has_no_budget_is_not_hedged() {
    let world = pair(Hedge { after_ms: 10_000, most_percent: 50 }, |_| {}).await;
    ask(&world, true).await;
    assert_eq!(world.sims[1].stats().requests, 0);
    let world = pair(Hedge { after_ms: 10, most_percent: 0 }, |options| options.ttft_ms = 200).await;
    ask(&world, true).await;
    assert_eq!((world.sims[0].stats().completed, world.sims[1].stats().requests), (1, 0));
}

#[tokio::test]
async fn hedges_stay_within_their_share() {
    let hedge = Hedge { after_ms: 1, most_percent: 10 };
    let world = pair(hedge, |options| options.ttft_ms = 60).await;
    let begun = std::time::Instant::now();
    for _ in 0..3 {
        let calls: Vec<_> = (0..20).map(|_| ask(&world, true)).collect();
        futures::future::join_all(calls).await;
    }
    let events = world.events(60).await;
    let hedged = events.iter().filter(|event| event.tries == 2).count();
    // Ten saved up, a tenth of the calls, and half a request a second.
    let most = 10.0 + 6.0 + begun.elapsed().as_secs_f64() / 2.0 + 1.0;
    assert!(hedged >= 10 && (hedged as f64) <= most, "{hedged} of 60 hedged");
}
