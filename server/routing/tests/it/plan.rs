use std::{collections::HashSet, time::Duration};

use proptest::prelude::*;
use routing::{
    Candidate, Decision, Demand, Filter, Health, Lora, Plan, Policy, Rank, Reason, Rejection, Scrape,
    Standing, plan,
};
use shared::DeploymentId;
use snapshot::{DeploymentState, EngineLoad};
use uuid::Uuid;

const NOW: Duration = Duration::from_secs(100);

fn candidate(number: u128) -> Candidate {
    let deployment = DeploymentId::from_uuid(Uuid::from_u128(number));
    Candidate { weight: 100, context_length: 8192, ..Candidate::idle(deployment) }
}

fn scrape(load: EngineLoad, ours: u32) -> Scrape {
    Scrape { load, ours }
}

fn plan_of(candidates: &[Candidate], seed: u64) -> Plan {
    plan(&Demand::default(), candidates, &Policy::default(), NOW, seed)
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
    let flags = any::<(bool, bool, bool)>();
    let numbers = (0..300_u32, 1..20_000_u32, 0..1000_u32, 0..5_000_u32, 0.0..=1.0_f32);
    (flags, numbers, load, health, standing).prop_map(
        |(
            (serves_tenant, draining, ejected),
            (weight, context_length, in_flight, cached_tokens, warmth),
            load,
            health,
            standing,
        )| Candidate {
            serves_tenant,
            state: if draining { DeploymentState::Draining } else { DeploymentState::Active },
            weight,
            context_length,
            in_flight,
            scrape: load.map(|(running, waiting, kv_use)| {
                scrape(
                    EngineLoad { running, waiting, kv_use: Some(kv_use), ..EngineLoad::default() },
                    in_flight / 2,
                )
            }),
            ejected_ms: ejected.then_some(500),
            warmth,
            cached_tokens,
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
        && candidate.ejected_ms.is_none()
        && matches!(candidate.standing, Standing::Closed | Standing::ProbeDue)
}

proptest! {
    #[test]
    fn every_candidate_is_ordered_or_rejected_once_and_only_the_fit_are_ordered(
        candidates in prop::collection::vec(any_candidate(), 0..12), tokens in 0..20_000_u64, seed: u64,
    ) {
        let demand = Demand { tokens, ..Demand::default() };
        let plan = plan(&demand, &candidates, &Policy::default(), NOW, seed);
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
        let decision = Decision {
            demand: Demand { prompt_tokens: 900, output_tokens: 40, session: Some(7), ..Demand::default() },
            policy: Policy::default(),
            candidates,
            now: NOW,
            seed,
        };
        let recorded = serde_json::to_string(&decision).unwrap();
        let again: Decision = serde_json::from_str(&recorded).unwrap();
        prop_assert_eq!(again.plan(), decision.plan());
    }

    #[test]
    fn of_two_equal_deployments_the_less_busy_one_is_first(a in 0..100_u32, b in 0..100_u32, seed: u64) {
        prop_assume!(a != b);
        let candidates = [Candidate { in_flight: a, ..candidate(1) }, Candidate { in_flight: b, ..candidate(2) }];
        prop_assert_eq!(plan_of(&candidates, seed).ordered[0].index, usize::from(b < a));
    }
}

fn firsts(candidates: &[Candidate], calls: u64) -> Vec<usize> {
    (0..calls).map(|seed| plan_of(candidates, seed).ordered[0].index).collect()
}

fn ordered(plan: &Plan) -> Vec<usize> {
    plan.ordered.iter().map(|choice| choice.index).collect()
}

#[test]
fn a_standby_is_tried_only_after_all_that_carry_weight() {
    let candidates = [Candidate { weight: 0, ..candidate(1) }, candidate(2), candidate(3)];
    for seed in 0..200 {
        let plan = plan_of(&candidates, seed);
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
    let plan = plan_of(&candidates, 1);
    assert_eq!(ordered(&plan), [2, 1, 0]);
    assert_eq!(plan.ordered[2].rank, Rank::Unready);
}

#[test]
fn a_saturated_engine_yields_to_an_idle_one_of_far_less_weight() {
    let full = EngineLoad { running: 64, waiting: 9, kv_use: Some(0.99), ..EngineLoad::default() };
    let candidates = [
        Candidate { weight: 10_000, scrape: Some(scrape(full, 60)), cached_tokens: 8_000, ..candidate(1) },
        Candidate { weight: 1, in_flight: 3, ..candidate(2) },
    ];
    for seed in 0..200 {
        assert_eq!(ordered(&plan_of(&candidates, seed)), [1, 0]);
    }
}

#[test]
fn a_burst_planned_one_after_another_spreads_by_weight() {
    // In-flight is counted at selection: each plan sees the ones before it.
    let mut candidates = [candidate(1), Candidate { weight: 300, ..candidate(2) }, candidate(3)];
    for seed in 0..500 {
        let chosen = plan_of(&candidates, seed).ordered[0].index;
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
    let plan = plan_of(&candidates, 7);
    assert_eq!(plan.ordered[0].index, 1);
    assert_eq!(plan.ordered[0].reason, Reason::BreakerProbe);
    assert_eq!(plan.ordered[1].reason, Reason::ByScore);
}

#[test]
fn a_plan_with_nothing_left_says_how_long_to_wait_or_what_would_fit() {
    let resting = |seconds| Candidate {
        standing: Standing::Open { until: NOW + Duration::from_secs(seconds) },
        ..candidate(1)
    };
    let waiting = plan_of(&[resting(9), resting(4)], 1);
    assert_eq!(waiting.soonest_retry(), Some(Duration::from_secs(4)));

    let small = Candidate { context_length: 100, standing: Standing::Probing, ..candidate(1) };
    let demand = Demand { tokens: 9000, ..Demand::default() };
    let long = plan(&demand, &[small, candidate(2)], &Policy::default(), NOW, 1);
    assert_eq!(long.context_limit(), Some(8192));
    assert_eq!(long.rejected[0].1, Rejection::ContextLength { limit: 100 });
}

#[test]
fn a_lower_tier_comes_first_but_not_before_what_is_ready() {
    let wanted = Candidate { tier: 0, weight: 0, ..candidate(1) };
    let other = Candidate { tier: 1, ..candidate(2) };
    let unready = Candidate { tier: 0, health: Health::NotReady, ..candidate(3) };
    let ordered: Vec<_> =
        plan_of(&[other, unready, wanted], 1).ordered.iter().map(|choice| choice.index).collect();
    assert_eq!(ordered, [2, 0, 1]);
}

#[test]
fn what_is_filtered_is_rejected_with_its_filter() {
    let filtered = Candidate { filtered: Some(Filter::MaxPrice), ..candidate(1) };
    let plan = plan_of(&[filtered], 1);
    assert_eq!(plan.rejected, [(0, Rejection::Filtered(Filter::MaxPrice))]);
    assert!(plan.ordered.is_empty());
}

fn long_prompt() -> Demand {
    Demand { prompt_tokens: 4_000, output_tokens: 100, ..Demand::default() }
}

#[test]
fn a_cached_prefix_is_worth_what_reading_it_takes_and_no_more() {
    let first = |busy: u32| {
        let candidates = [Candidate { cached_tokens: 3_900, in_flight: busy, ..candidate(1) }, candidate(2)];
        plan(&long_prompt(), &candidates, &Policy::default(), NOW, 1).ordered[0].index
    };
    assert_eq!(first(0), 0);
    assert_eq!(first(2), 0, "half a second of reading outweighs two calls");
    assert_eq!(first(30), 1, "a queue outweighs half a second of reading");
}

#[test]
fn prompts_that_are_not_read_yet_count() {
    let candidates = [
        Candidate { in_flight: 1, unread_tokens: 40_000, ..candidate(1) },
        Candidate { in_flight: 3, ..candidate(2) },
    ];
    let plan = plan(&long_prompt(), &candidates, &Policy::default(), NOW, 1);
    assert_eq!(plan.ordered[0].index, 1);
    assert!(plan.ordered[1].score.prefill > 5.0, "{plan:?}");
}

#[test]
fn a_lora_that_is_loaded_saves_its_loading() {
    let candidates = [
        Candidate { lora: Lora::Absent, ..candidate(1) },
        Candidate { lora: Lora::Resident, in_flight: 4, ..candidate(2) },
    ];
    let plan = plan(&long_prompt(), &candidates, &Policy::default(), NOW, 1);
    assert_eq!(plan.ordered[0].index, 1);
    assert!((plan.ordered[1].score.lora - 1.5).abs() < f32::EPSILON);
}

#[test]
fn a_session_stays_on_one_deployment_and_moves_when_that_is_busy() {
    let demand = Demand { session: Some(42), ..long_prompt() };
    let mut candidates: Vec<_> = (1..=8).map(candidate).collect();
    let first = |candidates: &[Candidate], seed| {
        plan(&demand, candidates, &Policy::default(), NOW, seed).ordered[0].index
    };
    let home = first(&candidates, 0);
    assert!((1..50).all(|seed| first(&candidates, seed) == home));
    candidates[home].in_flight = 40;
    assert_ne!(first(&candidates, 1), home);
}

#[test]
fn a_deployment_that_just_came_back_takes_a_share_that_grows() {
    let share = |warmth: f32| {
        let candidates = [Candidate { warmth, ..candidate(1) }, Candidate { in_flight: 5, ..candidate(2) }];
        firsts(&candidates, 1000).iter().filter(|index| **index == 0).count()
    };
    assert!((20..100).contains(&share(0.0)), "{}", share(0.0));
    assert!((420..580).contains(&share(0.5)), "{}", share(0.5));
    assert_eq!(share(1.0), 1000);
}

#[test]
fn what_is_slower_than_wished_comes_after_what_is_not() {
    let policy = Policy { first_token: Some(0.8), ..Policy::default() };
    let slow = Candidate { unread_tokens: 8_000, ..candidate(1) };
    let busy = Candidate { in_flight: 14, ..candidate(2) };
    let plan = plan(&long_prompt(), &[slow, busy], &policy, NOW, 1);
    assert_eq!(ordered(&plan), [1, 0]);
    assert_eq!(plan.ordered[1].rank, Rank::Late, "a wish: it still serves when nothing else does");
}

#[test]
fn two_replicas_that_see_the_same_old_report_do_not_herd() {
    // Two replicas, ten deployments, reports of the same old moment: one deployment was empty, the others not.
    let loads: Vec<u32> = (0..10).map(|number| if number == 3 { 0 } else { 8 }).collect();
    let mut ours = [[0_u32; 10]; 2];
    for (replica, mine) in ours.iter_mut().enumerate() {
        // Half of what runs on each is its own.
        let before: Vec<u32> = loads.iter().map(|load| load / 2).collect();
        mine.copy_from_slice(&before);
        for call in 0..40 {
            let candidates: Vec<_> = (0..10)
                .map(|number| {
                    let load = EngineLoad { running: loads[number], ..EngineLoad::default() };
                    Candidate {
                        in_flight: mine[number],
                        scrape: Some(scrape(load, before[number])),
                        ..candidate(number as u128 + 1)
                    }
                })
                .collect();
            let seed = (replica * 1000 + call) as u64;
            let demand = Demand { prompt_tokens: 500, output_tokens: 200, ..Demand::default() };
            let chosen = plan(&demand, &candidates, &Policy::default(), NOW, seed).ordered[0].index;
            mine[chosen] += 1;
        }
    }
    let totals: Vec<u32> = (0..10).map(|number| ours[0][number] + ours[1][number]).collect();
    // 72 calls before and 80 since: 15.2 on each if spread evenly.
    assert!(totals.iter().all(|total| (9..=22).contains(total)), "{totals:?}");
}
