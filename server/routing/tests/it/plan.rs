use std::{collections::HashSet, time::Duration};

use proptest::prelude::*;
use routing::{Candidate, Demand, Filter, Health, Plan, Rank, Reason, Rejection, Standing, plan};
use shared::DeploymentId;
use snapshot::{DeploymentState, EngineLoad};
use uuid::Uuid;

const NOW: Duration = Duration::from_secs(100);

fn candidate(number: u128) -> Candidate {
    Candidate {
        deployment: DeploymentId::from_uuid(Uuid::from_u128(number)),
        serves_tenant: true,
        state: DeploymentState::Active,
        weight: 100,
        context_length: 8192,
        in_flight: 0,
        load: None,
        health: Health::Healthy,
        standing: Standing::Closed,
        tier: 0,
        filtered: None,
    }
}

fn any_candidate() -> impl Strategy<Value = Candidate> {
    let load = prop::option::of((0..50_u32, 0..50_u32, 0.0..1.0_f64));
    let health = prop::sample::select(vec![Health::Unknown, Health::Healthy, Health::NotReady, Health::Down]);
    let standing = prop::sample::select(vec![
        Standing::Closed,
        Standing::ProbeDue,
        Standing::Probing,
        Standing::Open { until: NOW + Duration::from_secs(3) },
    ]);
    (any::<(bool, bool)>(), 0..300_u32, 1..20_000_u32, 0..1000_u32, load, health, standing).prop_map(
        |((serves_tenant, draining), weight, context_length, in_flight, load, health, standing)| Candidate {
            serves_tenant,
            state: if draining { DeploymentState::Draining } else { DeploymentState::Active },
            weight,
            context_length,
            in_flight,
            load: load.map(|(running, waiting, kv_use)| EngineLoad {
                running,
                waiting,
                kv_use: Some(kv_use),
                ..EngineLoad::default()
            }),
            health,
            standing,
            ..candidate(1)
        },
    )
}

fn may_serve(demand: Demand, candidate: &Candidate) -> bool {
    candidate.serves_tenant
        && candidate.state == DeploymentState::Active
        && u64::from(candidate.context_length) >= demand.tokens
        && candidate.health != Health::Down
        && matches!(candidate.standing, Standing::Closed | Standing::ProbeDue)
}

proptest! {
    #[test]
    fn every_candidate_is_ordered_or_rejected_once_and_only_the_fit_are_ordered(
        candidates in prop::collection::vec(any_candidate(), 0..12), tokens in 0..20_000_u64, seed: u64,
    ) {
        let demand = Demand { tokens };
        let plan = plan(demand, &candidates, NOW, seed);
        let ordered: HashSet<_> = plan.ordered.iter().map(|choice| choice.index).collect();
        let rejected: HashSet<_> = plan.rejected.iter().map(|(index, _)| *index).collect();
        prop_assert_eq!(plan.ordered.len() + plan.rejected.len(), candidates.len());
        prop_assert_eq!(ordered.len() + rejected.len(), candidates.len());
        prop_assert!(ordered.is_disjoint(&rejected));
        for (index, candidate) in candidates.iter().enumerate() {
            prop_assert_eq!(ordered.contains(&index), may_serve(demand, candidate));
        }
        prop_assert!(plan.ordered.is_sorted_by_key(|choice| choice.rank));
    }

    #[test]
    fn the_same_seed_gives_the_same_plan(candidates in prop::collection::vec(any_candidate(), 0..12), seed: u64) {
        let again = || plan(Demand::default(), &candidates, NOW, seed);
        prop_assert_eq!(again(), again());
    }

    #[test]
    fn of_two_equal_deployments_the_less_busy_one_is_first(a in 0..100_u32, b in 0..100_u32, seed: u64) {
        prop_assume!(a != b);
        let candidates = [Candidate { in_flight: a, ..candidate(1) }, Candidate { in_flight: b, ..candidate(2) }];
        let plan = plan(Demand::default(), &candidates, NOW, seed);
        prop_assert_eq!(plan.ordered[0].index, usize::from(b < a));
    }
}

fn firsts(candidates: &[Candidate], calls: u64) -> Vec<usize> {
    (0..calls).map(|seed| plan(Demand::default(), candidates, NOW, seed).ordered[0].index).collect()
}

fn ordered(plan: &Plan) -> Vec<usize> {
    plan.ordered.iter().map(|choice| choice.index).collect()
}

#[test]
fn a_standby_is_tried_only_after_all_that_carry_weight() {
    let candidates = [Candidate { weight: 0, ..candidate(1) }, candidate(2), candidate(3)];
    for seed in 0..200 {
        let plan = plan(Demand::default(), &candidates, NOW, seed);
        assert_eq!(plan.ordered[2].index, 0);
        assert_eq!(plan.ordered[2].rank, Rank::Standby);
    }
}

#[test]
fn what_says_it_is_not_ready_is_tried_last_of_all() {
    let candidates = [
        Candidate { health: Health::NotReady, ..candidate(1) },
        Candidate { weight: 0, ..candidate(2) },
        candidate(3),
    ];
    let plan = plan(Demand::default(), &candidates, NOW, 1);
    assert_eq!(ordered(&plan), [2, 1, 0]);
    assert_eq!(plan.ordered[2].rank, Rank::Unready);
}

#[test]
fn a_saturated_engine_yields_to_an_idle_one_of_far_less_weight() {
    let full = EngineLoad { running: 64, waiting: 9, kv_use: Some(0.99), ..EngineLoad::default() };
    let candidates = [
        Candidate { weight: 10_000, load: Some(full), ..candidate(1) },
        Candidate { weight: 1, in_flight: 3, ..candidate(2) },
    ];
    for seed in 0..200 {
        assert_eq!(ordered(&plan(Demand::default(), &candidates, NOW, seed)), [1, 0]);
    }
}

#[test]
fn a_burst_planned_one_after_another_spreads_by_weight() {
    // In-flight is counted at selection: each plan sees the ones before it.
    let mut candidates = [candidate(1), Candidate { weight: 300, ..candidate(2) }, candidate(3)];
    for seed in 0..500 {
        let chosen = plan(Demand::default(), &candidates, NOW, seed).ordered[0].index;
        candidates[chosen].in_flight += 1;
    }
    assert!((80..=120).contains(&candidates[0].in_flight), "{candidates:?}");
    assert!((260..=340).contains(&candidates[1].in_flight), "{candidates:?}");
}

#[test]
fn a_stale_best_score_does_not_draw_every_replica_to_one_deployment() {
    // Ten idle deployments and one report that all replicas share: first places spread.
    let candidates: Vec<_> = (0..10).map(candidate).collect();
    let distinct: HashSet<_> = firsts(&candidates, 200).into_iter().collect();
    assert_eq!(distinct.len(), 10);
}

#[test]
fn a_deployment_that_is_due_a_probe_leads_and_says_so() {
    let candidates = [candidate(1), Candidate { standing: Standing::ProbeDue, ..candidate(2) }];
    let plan = plan(Demand::default(), &candidates, NOW, 7);
    assert_eq!(plan.ordered[0].index, 1);
    assert_eq!(plan.ordered[0].reason, Reason::BreakerProbe);
    assert_eq!(plan.ordered[1].reason, Reason::OnlyOne);
}

#[test]
fn a_plan_with_nothing_left_says_how_long_to_wait_or_what_would_fit() {
    let resting = |seconds| Candidate {
        standing: Standing::Open { until: NOW + Duration::from_secs(seconds) },
        ..candidate(1)
    };
    let waiting = plan(Demand::default(), &[resting(9), resting(4)], NOW, 1);
    assert_eq!(waiting.soonest_retry(), Some(Duration::from_secs(4)));

    let small = Candidate { context_length: 100, standing: Standing::Probing, ..candidate(1) };
    let long = plan(Demand { tokens: 9000 }, &[small, candidate(2)], NOW, 1);
    assert_eq!(long.context_limit(), Some(8192));
    assert_eq!(long.rejected[0].1, Rejection::ContextLength { limit: 100 });
}

#[test]
fn a_lower_tier_comes_first_but_not_before_what_is_ready() {
    let wanted = Candidate { tier: 0, weight: 0, ..candidate(1) };
    let other = Candidate { tier: 1, ..candidate(2) };
    let unready = Candidate { tier: 0, health: Health::NotReady, ..candidate(3) };
    let ordered: Vec<_> = plan(Demand::default(), &[other, unready, wanted], NOW, 1)
        .ordered
        .iter()
        .map(|choice| choice.index)
        .collect();
    assert_eq!(ordered, [2, 0, 1]);
}

#[test]
fn what_is_filtered_is_rejected_with_its_filter() {
    let filtered = Candidate { filtered: Some(Filter::MaxPrice), ..candidate(1) };
    let plan = plan(Demand::default(), &[filtered], NOW, 1);
    assert_eq!(plan.rejected, [(0, Rejection::Filtered(Filter::MaxPrice))]);
    assert!(plan.ordered.is_empty());
}
