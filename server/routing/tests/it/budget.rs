//! More requests than calls: bounded.

use std::time::Duration;

use routing::{Budget, backoff};

#[test]
fn extra_requests_stay_within_their_share_of_calls() {
    let now = Duration::from_secs(1);
    let mut budget = Budget::new(now);
    while budget.take(now) {}
    let mut taken = 0;
    for _ in 0..1_000 {
        budget.call(20, now);
        taken += u32::from(budget.take(now));
    }
    assert!((195..=200).contains(&taken), "a fifth of 1,000 calls: {taken}");
}

#[test]
fn a_quiet_route_may_retry_but_not_without_end() {
    let mut budget = Budget::new(Duration::ZERO);
    assert_eq!((0..50).filter(|_| budget.take(Duration::ZERO)).count(), 10);
    assert_eq!((0..50).filter(|_| budget.take(Duration::from_secs(4))).count(), 2);
    assert_eq!((0..50).filter(|_| budget.take(Duration::from_hours(1))).count(), 10);
}

#[test]
fn pauses_grow_and_differ() {
    let whole = [50, 100, 200, 400, 800, 1_600, 1_600];
    for (attempt, most) in (0_u32..).zip(whole) {
        for draw in [0, u64::MAX / 3, u64::MAX] {
            let pause = backoff(attempt, draw);
            assert!(
                pause >= Duration::from_millis(most / 2) && pause <= Duration::from_millis(most),
                "{pause:?}"
            );
        }
        assert_ne!(backoff(attempt, 0), backoff(attempt, u64::MAX));
    }
}
