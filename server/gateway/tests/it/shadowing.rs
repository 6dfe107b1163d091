//! Copies of calls, whose answers nobody sees.

use rust_decimal::Decimal;
use shared::route::{RouteSpec, Shadow};
use sim::{Engine, Fault, FaultKind};
use snapshot::ModelKind;

use crate::{
    routes::{add_route, arm, asking},
    told::good,
    world::{Plan, World, streamed},
};

async fn shadowed(percent: u8) -> World {
    let mut world = Plan::of(&[Engine::Vllm, Engine::Vllm]).start().await;
    world.serve("next", ModelKind::Chat, 1, "sim-8b");
    world.draft.rows.deployments.remove(1);
    world.publish();
    let arms = vec![arm("only", 1, &["llama"])];
    let shadow = Some(Shadow { model: "next".into(), percent });
    add_route(&mut world, "support", RouteSpec { arms, shadow, ..RouteSpec::default() });
    world
}

#[tokio::test]
async fn a_copy_goes_to_the_shadow_and_is_neither_billed_nor_counted() {
    let mut world = shadowed(100).await;
    // One call at once: a copy that counted would keep the next one out.
    world.draft.rows.tenants[0].max_concurrent_requests = Some(1);
    world.publish();
    for stream in [false, true] {
        let body = if stream { streamed(asking("support")) } else { asking("support") };
        let response = world.chat(&body).send().await.unwrap();
        assert_eq!(response.headers()["x-switchyard-model"], "llama");
        assert_eq!(response.status(), 200);
        response.bytes().await.unwrap();
    }
    world.until(1, |stats| stats.completed == 2).await;
    let events = world.events(4).await;
    let (shadows, calls): (Vec<_>, Vec<_>) = events.into_iter().partition(|event| event.shadow);
    assert_eq!((shadows.len(), calls.len()), (2, 2));
    for (call, shadow) in calls.iter().zip(&shadows) {
        assert_eq!(call.serving.as_ref().unwrap().model, "llama");
        assert!(call.amount > Decimal::ZERO);
        assert_eq!(shadow.serving.as_ref().unwrap().model, "next");
        assert_eq!(shadow.taken, call.taken);
        assert!(shadow.tokens.completion > 0);
    }
}

#[tokio::test]
async fn a_shadow_that_fails_or_hangs_is_not_noticed() {
    let world = shadowed(100).await;
    for kind in [FaultKind::Http500, FaultKind::Hang, FaultKind::Refuse] {
        world.sims[1].fault(Fault::new(kind).times(1));
        assert_eq!(good(world.chat(&asking("support"))).await["model"], "llama");
        let before = world.sims[0].stats().completed;
        assert!(before > 0);
    }
}

#[tokio::test]
async fn a_share_of_nothing_casts_no_shadow() {
    let world = shadowed(0).await;
    for _ in 0..5 {
        good(world.chat(&asking("support"))).await;
    }
    assert_eq!(world.events(5).await.len(), 5);
    assert_eq!(world.sims[1].stats().requests, 0);
}

#[tokio::test]
async fn a_shadow_stays_in_the_accounts_region() {
    let mut world = shadowed(100).await;
    world.draft.rows.tenants[0].residency = Some(vec!["eu".into()]);
    world.change_deployment(1, |one| one.region = Some("us".into()));
    world.publish();
    good(world.chat(&asking("support"))).await;
    // Back in the region, the next one is copied: the first was not, or both would be there.
    world.change_deployment(1, |one| one.region = Some("eu".into()));
    world.publish();
    good(world.chat(&asking("support"))).await;
    world.until(1, |stats| stats.completed == 1).await;
    assert_eq!(world.events(3).await.len(), 3);
}
