use std::time::Duration;

use proptest::prelude::*;
use routing::{AttemptResult, Breaker, BreakerPolicy, Standing};

fn policy() -> BreakerPolicy {
    BreakerPolicy {
        failures_in_a_row: 3,
        window: 10,
        failures_in_window: 5,
        rest: Duration::from_secs(5),
        longest_rest: Duration::from_secs(20),
        probe_patience: Duration::from_secs(30),
    }
}

const fn at(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn attempt(breaker: &mut Breaker, seconds: u64, result: AttemptResult) -> bool {
    let pass = breaker.admit(&policy(), at(seconds)).expect("admitted");
    breaker.on_outcome(&policy(), at(seconds), pass, result)
}

fn opened() -> Breaker {
    let mut breaker = Breaker::default();
    for _ in 0..3 {
        attempt(&mut breaker, 0, AttemptResult::Failure);
    }
    breaker
}

#[test]
fn failures_and_timeouts_in_a_row_open_it() {
    let mut breaker = Breaker::default();
    assert!(!attempt(&mut breaker, 0, AttemptResult::Failure));
    assert!(!attempt(&mut breaker, 0, AttemptResult::Timeout));
    assert!(attempt(&mut breaker, 0, AttemptResult::Failure));
    assert_eq!(breaker.standing(&policy(), at(1)), Standing::Open { until: at(5) });
    assert!(breaker.admit(&policy(), at(1)).is_none());
}

#[test]
fn a_busy_engine_never_opens_it() {
    let mut breaker = Breaker::default();
    for _ in 0..1000 {
        assert!(!attempt(&mut breaker, 0, AttemptResult::Busy));
    }
    assert_eq!(breaker.standing(&policy(), at(0)), Standing::Closed);
}

#[test]
fn half_of_the_recent_attempts_failing_opens_it_too() {
    let mut breaker = Breaker::default();
    let results = [AttemptResult::Success, AttemptResult::Failure].into_iter().cycle().take(10);
    let opened: Vec<_> = results.map(|result| attempt(&mut breaker, 0, result)).collect();
    assert_eq!(opened.iter().position(|opens| *opens), Some(9));
}

#[test]
fn one_probe_goes_through_and_closes_it() {
    let mut breaker = opened();
    assert_eq!(breaker.standing(&policy(), at(5)), Standing::ProbeDue);
    let probe = breaker.admit(&policy(), at(5)).expect("the probe");
    assert!(probe.is_probe());
    assert!(breaker.admit(&policy(), at(6)).is_none());
    assert_eq!(breaker.standing(&policy(), at(6)), Standing::Probing);
    breaker.on_outcome(&policy(), at(7), probe, AttemptResult::Success);
    assert_eq!(breaker.standing(&policy(), at(7)), Standing::Closed);
}

#[test]
fn a_failed_probe_doubles_the_rest_up_to_its_bound() {
    let mut breaker = opened();
    let mut now = 5;
    for rest in [10, 20, 20] {
        assert!(attempt(&mut breaker, now, AttemptResult::Timeout));
        assert_eq!(breaker.standing(&policy(), at(now)), Standing::Open { until: at(now + rest) });
        now += rest;
    }
}

#[test]
fn a_probe_that_told_nothing_lets_the_next_call_probe() {
    let mut breaker = opened();
    attempt(&mut breaker, 5, AttemptResult::Neutral);
    assert_eq!(breaker.standing(&policy(), at(5)), Standing::ProbeDue);
}

#[test]
fn a_lost_probe_does_not_keep_it_shut_for_ever() {
    let mut breaker = opened();
    let lost = breaker.admit(&policy(), at(5)).expect("the probe");
    assert_eq!(breaker.standing(&policy(), at(35)), Standing::ProbeDue);
    let next = breaker.admit(&policy(), at(35)).expect("another probe");
    breaker.on_outcome(&policy(), at(36), lost, AttemptResult::Success);
    assert_eq!(breaker.standing(&policy(), at(36)), Standing::Probing);
    breaker.on_outcome(&policy(), at(37), next, AttemptResult::Success);
    assert_eq!(breaker.standing(&policy(), at(37)), Standing::Closed);
}

#[test]
fn a_late_failure_of_before_the_opening_changes_nothing() {
    let mut breaker = Breaker::default();
    let late = breaker.admit(&policy(), at(0)).expect("admitted");
    for _ in 0..3 {
        attempt(&mut breaker, 0, AttemptResult::Failure);
    }
    let before = breaker.clone();
    breaker.on_outcome(&policy(), at(1), late, AttemptResult::Success);
    assert_eq!(breaker, before);
}

#[test]
fn what_another_replica_opened_is_adopted_but_never_for_longer_than_the_bound() {
    let mut breaker = Breaker::default();
    breaker.adopt_open(&policy(), at(1), at(4));
    assert_eq!(breaker.standing(&policy(), at(2)), Standing::Open { until: at(4) });
    breaker.adopt_open(&policy(), at(2), at(3));
    assert_eq!(breaker.standing(&policy(), at(3)), Standing::Open { until: at(4) });
    breaker.adopt_open(&policy(), at(2), at(9000));
    assert_eq!(breaker.standing(&policy(), at(3)), Standing::Open { until: at(22) });
}

fn any_result() -> impl Strategy<Value = AttemptResult> {
    prop::sample::select(vec![
        AttemptResult::Success,
        AttemptResult::Failure,
        AttemptResult::Timeout,
        AttemptResult::Busy,
        AttemptResult::Neutral,
    ])
}

proptest! {
    #[test]
    fn whatever_happens_it_recovers_once_attempts_succeed(
        steps in prop::collection::vec((0..40_u64, any_result(), any::<bool>()), 0..200),
    ) {
        let mut breaker = Breaker::default();
        let mut now = 0;
        let mut probes = 0_u32;
        for (pause, result, reports) in steps {
            now += pause;
            if let Some(pass) = breaker.admit(&policy(), at(now)) {
                probes += u32::from(pass.is_probe());
                if reports {
                    breaker.on_outcome(&policy(), at(now), pass, result);
                }
            }
            // While a probe is out, nothing else is admitted.
            if breaker.standing(&policy(), at(now)) == Standing::Probing {
                prop_assert!(breaker.admit(&policy(), at(now)).is_none());
                prop_assert!(probes > 0);
            }
        }
        now += 60;
        attempt(&mut breaker, now, AttemptResult::Success);
        prop_assert_eq!(breaker.standing(&policy(), at(now)), Standing::Closed);
    }
}
