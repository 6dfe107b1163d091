//! Who takes which arm.

use proptest::prelude::*;
use routing::{draw_arm, takes_share};

/// Hashes of 100,000 users, as a gateway makes them.
fn users() -> impl Iterator<Item = u64> {
    (0..100_000_u64).map(|user| xxhash_rust::xxh3::xxh3_64(format!("user-{user}").as_bytes()))
}

#[test]
fn a_canary_gets_its_share_within_half_a_percent() {
    for (canary, route) in [(1_u32, 11_u64), (5, 12), (10, 13), (50, 14)] {
        let taken = users()
            .filter(|who| draw_arm([100 - canary, canary].into_iter(), route, *who) == Some(1))
            .count();
        let percent = taken as f64 / 1_000.0;
        assert!((percent - f64::from(canary)).abs() <= 0.5, "{canary} %: {percent}");
    }
}

#[test]
fn a_canary_that_grows_keeps_those_that_it_had() {
    let on = |canary: u32, who| draw_arm([100 - canary, canary].into_iter(), 7, who) == Some(1);
    assert!(users().take(20_000).filter(|who| on(5, *who)).all(|who| on(20, who)));
}

#[test]
fn two_routes_split_the_same_users_differently() {
    let on = |route, who| draw_arm([90, 10].into_iter(), route, who) == Some(1);
    let both = users().filter(|who| on(1, *who) && on(2, *who)).count();
    assert!((700..1300).contains(&both), "a hundredth of 100,000, not a tenth: {both}");
}

#[test]
fn a_shadow_takes_its_share() {
    let taken = users().filter(|who| takes_share(25, 3, *who)).count();
    assert!((24_500..25_500).contains(&taken), "{taken}");
    assert!(!users().any(|who| takes_share(0, 3, who)));
    assert!(users().all(|who| takes_share(100, 3, who)));
}

proptest! {
    #[test]
    fn an_arm_without_weight_is_never_drawn_and_the_same_user_stays(
        weights in prop::collection::vec(0..u32::MAX, 0..8), route: u64, who: u64,
    ) {
        let draw = || draw_arm(weights.iter().copied(), route, who);
        prop_assert_eq!(draw(), draw());
        match draw() {
            Some(arm) => prop_assert!(weights[arm] > 0),
            None => prop_assert!(weights.iter().all(|weight| *weight == 0)),
        }
    }
}
