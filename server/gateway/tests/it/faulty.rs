//! Deployments that are set up wrongly rest at once.

use sim::Engine;

use crate::{
    told::{good, refused},
    world::{Plan, hello},
};

#[tokio::test]
async fn a_deployment_whose_engine_does_not_know_the_model_is_asked_once() {
    let mut world = Plan::of(&[Engine::Vllm, Engine::Vllm]).in_order().start().await;
    good(world.chat(&hello())).await;
    let before = world.sims[0].stats().requests;
    world.change_deployment(0, |deployment| deployment.upstream_model = "gone".into());
    world.publish();
    for _ in 0..4 {
        good(world.chat(&hello())).await;
    }
    assert_eq!(world.sims[0].stats().requests, before + 1);
    assert_eq!(world.sims[1].stats().completed, 4);
    // Put right, it serves at once.
    world.change_deployment(0, |deployment| deployment.upstream_model = "sim-8b".into());
    world.publish();
    good(world.chat(&hello())).await;
    assert_eq!(world.sims[0].stats().completed, 2);
}

#[tokio::test]
async fn the_only_deployment_set_up_wrongly_is_an_outage_without_asking_it_again() {
    let mut world = Plan::of(&[Engine::Vllm]).start().await;
    world.change_deployment(0, |deployment| deployment.upstream_model = "gone".into());
    world.publish();
    for _ in 0..3 {
        let (status, code, _) = refused(world.chat(&hello())).await;
        assert_eq!((status, code.as_str()), (503, "engine_unavailable"));
    }
    assert_eq!(world.sims[0].stats().requests, 1);
}
