//! The worst of a model's deployments rests; the others serve on.

use std::time::Duration;

use routing::{Ejection, OutlierPolicy, Showing, eject, warmth};

const FINE: Showing = Showing { calls: 50, failures: 1, slowness: Some(1.0) };

fn second(second: u64) -> Duration {
    Duration::from_secs(second)
}

#[test]
fn a_slow_one_and_a_failing_one_are_sent_to_rest_and_come_back() {
    let policy = OutlierPolicy::default();
    let slow = Showing { slowness: Some(5.0), ..FINE };
    let failing = Showing { failures: 20, ..FINE };
    let mut standings = [Ejection::default(); 5];
    let gone = eject(&policy, &[FINE, slow, FINE, failing, FINE], &mut standings, second(10));
    assert_eq!(gone, [1, 3]);
    assert_eq!(standings[1].rest(second(10)), Some(second(15)));
    assert_eq!(standings[1].rest(second(25)), None);
    // Bad again: a longer rest. Well again: forgiven.
    assert_eq!(eject(&policy, &[FINE, slow, FINE, FINE, FINE], &mut standings, second(30)), [1]);
    assert_eq!(standings[1].rest(second(30)), Some(second(30)));
    assert_eq!(standings[3].rest(second(30)), None);
}

#[test]
fn all_slow_together_are_no_outliers_and_at_most_half_rest() {
    let policy = OutlierPolicy::default();
    let slow = Showing { slowness: Some(8.0), ..FINE };
    let mut standings = [Ejection::default(); 3];
    assert!(eject(&policy, &[slow; 3], &mut standings, second(1)).is_empty());
    let failing = Showing { failures: 30, ..FINE };
    let mut standings = [Ejection::default(); 4];
    let gone = eject(&policy, &[failing, failing, FINE, FINE], &mut standings, second(1));
    assert!(gone.len() <= 2, "{gone:?}");
    let mut alone = [Ejection::default()];
    assert!(eject(&policy, &[failing], &mut alone, second(1)).is_empty());
}

#[test]
fn few_calls_prove_nothing() {
    let few = Showing { calls: 3, failures: 3, slowness: Some(50.0) };
    let mut standings = [Ejection::default(); 3];
    assert!(eject(&OutlierPolicy::default(), &[few, FINE, FINE], &mut standings, second(1)).is_empty());
}

#[test]
fn a_slow_start_is_a_line_from_nothing_to_all() {
    assert!((warmth(None, second(9), second(30)) - 1.0).abs() < f32::EPSILON);
    assert!((warmth(Some(second(10)), second(25), second(30)) - 0.5).abs() < 0.001);
    assert!((warmth(Some(second(10)), second(99), second(30)) - 1.0).abs() < f32::EPSILON);
}
