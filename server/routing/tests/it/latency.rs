//! What calls show of a deployment's speed.

use std::time::Duration;

use routing::{Latency, Pace, Seen};

fn second(second: u64) -> Duration {
    Duration::from_secs(second)
}

fn seen(prompt_tokens: u32, first_token_ms: u64) -> Seen {
    Seen {
        prompt_tokens,
        read_tokens: prompt_tokens,
        first_token: Some(Duration::from_millis(first_token_ms)),
        ..Seen::default()
    }
}

#[test]
fn too_few_calls_tell_nothing() {
    let mut latency = Latency::default();
    assert_eq!(latency.pace(), Pace::default());
    latency.learn(&seen(100, 80), second(1));
    assert_eq!(latency.observed(100, 0.5, second(1)).first_token, None);
}

#[test]
fn quantiles_are_by_size_of_prompt_and_old_calls_fade() {
    let mut latency = Latency::default();
    for _ in 0..100 {
        latency.learn(&seen(100, 80), second(1));
        latency.learn(&seen(20_000, 2_500), second(1));
    }
    let median = |tokens, now| latency.observed(tokens, 0.5, now).first_token;
    assert!(median(100, second(2)).is_some_and(|seconds| (0.05..0.1).contains(&seconds)));
    assert!(median(20_000, second(2)).is_some_and(|seconds| (2.0..3.0).contains(&seconds)));
    assert_eq!(median(1_000, second(2)), None, "no prompt of that size was seen");
    assert_eq!(median(100, second(600)), None, "ten minutes later they count for nothing");
    let mut changed = latency.clone();
    for _ in 0..100 {
        changed.learn(&seen(100, 400), second(121));
    }
    let now = changed.observed(100, 0.5, second(121)).first_token;
    assert!(now.is_some_and(|seconds| seconds > 0.2), "{now:?}");
}

fn busy(full: f32, first_token: Duration, service: Duration) -> Seen {
    Seen {
        prompt_tokens: 4_000,
        read_tokens: 4_000,
        full,
        first_token: Some(first_token),
        decoded: Some((100, second(10))),
        service,
    }
}

#[test]
fn the_pace_follows_what_is_read_and_written() {
    let mut latency = Latency::default();
    for _ in 0..200 {
        latency.learn(&busy(0.99, second(2), second(12)), second(1));
    }
    let pace = latency.pace();
    assert!((1_950.0..2_050.0).contains(&pace.prefill), "{pace:?}");
    assert!((0.049..0.051).contains(&pace.per_token), "half of what a full engine takes: {pace:?}");
    assert!((11.9..12.1).contains(&pace.service), "{pace:?}");
    let speed = latency.observed(4_000, 0.5, second(1)).tokens_per_second;
    assert!(speed.is_some_and(|speed| (8.0..14.0).contains(&speed)), "{speed:?}");
}

#[test]
fn the_first_calls_show_more_than_the_hundredth() {
    let mut latency = Latency::default();
    let prefill_after = |latency: &mut Latency, first_token| {
        let before = latency.pace().prefill;
        latency.learn(&busy(0.5, first_token, second(12)), second(1));
        (latency.pace().prefill - before).abs()
    };
    assert!(prefill_after(&mut latency, second(2)) > 2_000.0);
    (0..200).for_each(|_| latency.learn(&busy(0.5, second(2), second(12)), second(1)));
    assert!(prefill_after(&mut latency, second(4)) < 100.0);
}

#[test]
fn waiting_for_a_slot_is_not_taken_for_slow_reading() {
    let mut latency = Latency::default();
    (0..50).for_each(|_| latency.learn(&busy(0.5, second(1), second(11)), second(1)));
    let before = latency.pace();
    (0..20).for_each(|_| latency.learn(&busy(1.0, second(20), second(30)), second(1)));
    let pace = latency.pace();
    assert!(pace.prefill > before.prefill * 0.9, "{pace:?}");
    assert!(pace.service < before.service * 1.1, "the wait is not the slot's: {pace:?}");
}
