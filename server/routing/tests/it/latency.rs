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

#[test]
fn the_pace_follows_what_is_read_and_written() {
    let mut latency = Latency::default();
    for _ in 0..100 {
        latency.learn(
            &Seen {
                prompt_tokens: 4_000,
                read_tokens: 4_000,
                full: 1.0,
                first_token: Some(second(2)),
                decoded: Some((100, second(10))),
                service: second(12),
            },
            second(1),
        );
    }
    let pace = latency.pace();
    assert!((1_950.0..2_050.0).contains(&pace.prefill), "{pace:?}");
    assert!((0.049..0.051).contains(&pace.per_token), "half of what a full engine takes: {pace:?}");
    assert!((11.9..12.1).contains(&pace.service), "{pace:?}");
    let speed = latency.observed(4_000, 0.5, second(1)).tokens_per_second;
    assert!(speed.is_some_and(|speed| (8.0..14.0).contains(&speed)), "{speed:?}");
}
