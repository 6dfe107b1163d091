//! A whole run.

use routing_lab::{Conditions, Fleet, Outcome, PolicyKind, TraceKind};
use shared::route::Preset;

fn play(kind: TraceKind, policy: PolicyKind, conditions: Conditions, seed: u64) -> Outcome {
    Fleet::new(&kind.draw(seed), policy, conditions, seed).run()
}

#[test]
fn the_same_seed_gives_the_same_outcome() {
    let balanced = PolicyKind::Ours(Preset::Balanced);
    let once = play(TraceKind::Chat, balanced, Conditions::default(), 5);
    assert_eq!(once, play(TraceKind::Chat, balanced, Conditions::default(), 5));
    assert_ne!(once, play(TraceKind::Chat, balanced, Conditions::default(), 6));
}

#[test]
fn several_gateways_share_one_fleet_and_do_not_run_to_one_deployment() {
    for scrape_every in [Some(200_000), Some(2_000_000), None] {
        let conditions = Conditions { scrape_every, replicas: 4 };
        let herd = play(TraceKind::Mixed, PolicyKind::Ours(Preset::Balanced), conditions, 1);
        assert!(herd.busiest < 1.2, "{conditions:?}: {herd:?}");
    }
}

#[test]
fn a_slow_deployment_gets_less() {
    let ours = play(TraceKind::Slow, PolicyKind::Ours(Preset::Balanced), Conditions::default(), 1);
    let turns = play(TraceKind::Slow, PolicyKind::RoundRobin, Conditions::default(), 1);
    assert!(ours.p99 < turns.p99 / 10.0, "{ours:?} {turns:?}");
}

#[test]
fn a_lora_stays_where_it_is() {
    let ours = play(TraceKind::Lora, PolicyKind::Ours(Preset::Balanced), Conditions::default(), 1);
    let least = play(TraceKind::Lora, PolicyKind::LeastRequests, Conditions::default(), 1);
    assert!(ours.lora_loads < least.lora_loads / 4.0, "{ours:?} {least:?}");
}
