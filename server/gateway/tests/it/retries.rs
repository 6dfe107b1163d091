//! Attempts after a call's first: how many, and out of which budget.

use shared::route::{Retry, RouteSpec};
use sim::{Engine, Fault, FaultKind};

use crate::{
    routes::{add_route, arm, asking},
    told::{good, refused},
    world::{Plan, World},
};

async fn routed(retry: Retry) -> World {
    let mut world = Plan::of(&[Engine::Vllm]).start().await;
    let arms = vec![arm("only", 1, &["llama"])];
    add_route(&mut world, "support", RouteSpec { arms, retry, ..RouteSpec::default() });
    world
}

#[tokio::test]
async fn a_route_says_how_often_a_call_is_tried() {
    let world = routed(Retry { attempts: Some(5), ..Retry::default() }).await;
    world.sims[0].fault(Fault::new(FaultKind::Http503).times(4));
    good(world.chat(&asking("support"))).await;
    assert_eq!(world.events(1).await[0].tries, 5);
}

#[tokio::test]
async fn without_a_budget_nothing_is_tried_again() {
    let world = routed(Retry { attempts: None, budget_percent: 0 }).await;
    world.sims[0].fault(Fault::new(FaultKind::Http503).times(1));
    let (status, code, _) = refused(world.chat(&asking("support"))).await;
    assert_eq!((status, code.as_str()), (503, "engine_overloaded"));
    assert_eq!(world.sims[0].stats().requests, 1);
    good(world.chat(&asking("support"))).await;
}

#[tokio::test]
async fn an_outage_is_not_multiplied_by_retries() {
    let world = routed(Retry::default()).await;
    // A busy engine is not taken out of service: only the budget keeps calls from coming back to it.
    world.sims[0].fault(Fault::new(FaultKind::Http503));
    let begun = std::time::Instant::now();
    let calls = (0..40).map(|_| refused(world.chat(&asking("support"))));
    for (status, code, _) in futures::future::join_all(calls).await {
        assert_eq!((status, code.as_str()), (503, "engine_overloaded"));
    }
    // Ten saved up, a fifth of the calls, and half a request a second.
    let most = 40.0 + 10.0 + 8.0 + begun.elapsed().as_secs_f64() / 2.0 + 1.0;
    let requests = world.sims[0].stats().requests;
    assert!(requests > 45 && (requests as f64) <= most, "{requests} requests, at most {most}");
}

#[tokio::test]
async fn a_model_called_by_its_name_has_a_budget_of_its_own() {
    let world = routed(Retry { attempts: None, budget_percent: 0 }).await;
    world.sims[0].fault(Fault::new(FaultKind::Http503).times(1));
    good(world.chat(&asking("llama"))).await;
    assert_eq!(world.events(1).await[0].tries, 2);
}
