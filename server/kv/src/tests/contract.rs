//! What holds for every store.

use std::time::{Duration, Instant};

use futures::{StreamExt, future};

use crate::{Kv, KvError, Notice, Notices, RateLimit};

const LONG: Duration = Duration::from_mins(1);
const SHORT: Duration = Duration::from_millis(80);

async fn eventually<F: AsyncFnMut() -> bool>(what: &str, mut holds: F) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !holds().await {
        assert!(Instant::now() < deadline, "not within 5 s: {what}");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

pub async fn heard(notices: &mut Notices) -> Notice {
    tokio::time::timeout(Duration::from_secs(10), notices.next())
        .await
        .expect("heard nothing")
        .expect("ended")
}

fn message(text: &'static str) -> Notice {
    Notice::Message(text.into())
}

pub async fn values_are_kept_replaced_and_deleted(kv: &dyn Kv) {
    kv.ping().await.unwrap();
    assert_eq!(kv.get("a").await.unwrap(), None);
    kv.set("a", b"\x00\xffone", None).await.unwrap();
    kv.set("a", b"two", Some(LONG)).await.unwrap();
    assert_eq!(kv.get("a").await.unwrap().unwrap(), "two");
    assert!(kv.delete("a").await.unwrap());
    assert!(!kv.delete("a").await.unwrap());
    assert_eq!(kv.get("a").await.unwrap(), None);
}

pub async fn values_expire(kv: &dyn Kv) {
    kv.set("brief", b"x", Some(SHORT)).await.unwrap();
    kv.set("lasting", b"x", None).await.unwrap();
    assert!(kv.get("brief").await.unwrap().is_some());
    eventually("the value is gone", async || kv.get("brief").await.unwrap().is_none()).await;
    assert!(!kv.delete("brief").await.unwrap());
    assert!(kv.get("lasting").await.unwrap().is_some());
    // A life too short to measure is still a life, not an error.
    kv.set("instant", b"x", Some(Duration::ZERO)).await.unwrap();
}

pub async fn counters_count_and_keep_their_first_life(kv: &dyn Kv) {
    assert_eq!(kv.incr_by("n", 3, Some(Duration::from_millis(300))).await.unwrap(), 3);
    assert_eq!(kv.incr_by("n", -5, Some(LONG)).await.unwrap(), -2);
    assert_eq!(kv.get("n").await.unwrap().unwrap(), "-2");
    eventually("the counter began anew", async || kv.get("n").await.unwrap().is_none()).await;
    assert_eq!(kv.incr_by("n", 1, None).await.unwrap(), 1);
    kv.set("set", b"41", None).await.unwrap();
    assert_eq!(kv.incr_by("set", 1, None).await.unwrap(), 42);
}

pub async fn counters_lose_nothing_under_concurrency(kv: &dyn Kv) {
    let sums = future::join_all((0..200).map(|_| kv.incr_by("hits", 1, Some(LONG)))).await;
    let mut sums: Vec<i64> = sums.into_iter().map(Result::unwrap).collect();
    sums.sort_unstable();
    assert_eq!(sums, (1..=200).collect::<Vec<_>>());
}

pub async fn a_lock_has_one_holder_at_a_time(kv: &dyn Kv) {
    let tokens: Vec<String> = (0..20).map(|n| format!("holder-{n}")).collect();
    let won = future::join_all(tokens.iter().map(|token| kv.acquire("lock", token, LONG))).await;
    let winners: Vec<&String> =
        tokens.iter().zip(&won).filter(|(_, won)| *won.as_ref().unwrap()).map(|(token, _)| token).collect();
    assert_eq!(winners.len(), 1);
    assert!(kv.acquire("lock", winners[0], LONG).await.unwrap(), "the holder may extend");
    assert!(!kv.release("lock", "somebody else").await.unwrap());
    assert!(kv.release("lock", winners[0]).await.unwrap());
    assert!(!kv.release("lock", winners[0]).await.unwrap());
    assert!(kv.acquire("lock", "next", LONG).await.unwrap());
}

pub async fn a_lock_expires_and_its_old_holder_cannot_release_it(kv: &dyn Kv) {
    assert!(kv.acquire("lock", "stalled", SHORT).await.unwrap());
    eventually("the lock is free", async || kv.acquire("lock", "heir", LONG).await.unwrap()).await;
    assert!(!kv.release("lock", "stalled").await.unwrap());
    assert!(!kv.acquire("lock", "stalled", LONG).await.unwrap());
    assert!(kv.release("lock", "heir").await.unwrap());
}

pub async fn a_bucket_admits_its_burst_then_refills(kv: &dyn Kv) {
    let limit = RateLimit { units: 20, per: Duration::from_secs(1), burst: 3 };
    assert_eq!(kv.admit("b", limit, 0).await.unwrap().remaining, 3);
    for left in [2, 1, 0] {
        let admission = kv.admit("b", limit, 1).await.unwrap();
        assert!(admission.allowed && admission.retry_after.is_none(), "{admission:?}");
        assert_eq!(admission.remaining, left);
    }
    let refused = kv.admit("b", limit, 1).await.unwrap();
    assert!(!refused.allowed, "{refused:?}");
    let wait = refused.retry_after.unwrap();
    assert!(wait <= Duration::from_millis(50), "a unit comes every 50 ms, not {wait:?}");
    eventually("a unit came", async || kv.admit("b", limit, 1).await.unwrap().allowed).await;
    eventually("it filled to its burst", async || kv.admit("b", limit, 0).await.unwrap().remaining == 3)
        .await;
}

pub async fn a_bucket_admits_no_more_than_its_burst_under_concurrency(kv: &dyn Kv) {
    let limit = RateLimit { units: 1, per: Duration::from_hours(1), burst: 50 };
    let answers = future::join_all((0..80).map(|_| kv.admit("b", limit, 1))).await;
    assert_eq!(answers.into_iter().filter(|answer| answer.as_ref().unwrap().allowed).count(), 50);
}

pub async fn a_bucket_tells_when_to_come_back(kv: &dyn Kv) {
    let limit = RateLimit::per_minute(60_000);
    assert!(kv.admit("tokens", limit, 59_000).await.unwrap().allowed);
    let refused = kv.admit("tokens", limit, 31_000).await.unwrap();
    // 30,000 are missing at 1,000 a second.
    let wait = refused.retry_after.unwrap().as_secs_f64();
    assert!(!refused.allowed && (28.0..=30.0).contains(&wait), "{refused:?}");
    assert!(kv.admit("tokens", limit, 900).await.unwrap().allowed, "a refusal took nothing");
}

pub async fn a_bucket_refuses_what_can_never_be(kv: &dyn Kv) {
    let limit = RateLimit::per_minute(10);
    let refused = kv.admit("b", limit, 11).await.unwrap();
    assert!(!refused.allowed && refused.retry_after.is_none() && refused.remaining == 10, "{refused:?}");
    let nothing = kv.admit("z", RateLimit::per_minute(0), 1).await.unwrap();
    assert!(!nothing.allowed && nothing.retry_after.is_none(), "{nothing:?}");
}

pub async fn fields_are_kept_together_and_expire_together(kv: &dyn Kv) {
    assert!(kv.get_fields("health").await.unwrap().is_empty());
    kv.put_field("health", "replica-1", b"up", SHORT).await.unwrap();
    kv.put_field("health", "replica-2", b"down", LONG).await.unwrap();
    kv.put_field("health", "replica-1", b"up again", Duration::from_millis(250)).await.unwrap();
    let fields = kv.get_fields("health").await.unwrap();
    assert_eq!(fields.len(), 2);
    assert_eq!(fields["replica-1"], "up again");
    assert!(kv.delete_field("health", "replica-2").await.unwrap());
    assert!(!kv.delete_field("health", "replica-2").await.unwrap());
    eventually("the map is gone", async || kv.get_fields("health").await.unwrap().is_empty()).await;
}

pub async fn a_key_of_another_kind_is_refused(kv: &dyn Kv) {
    let wrong = |result: Result<(), KvError>| match result {
        Err(KvError::WrongType { key }) => assert_eq!(key, "k"),
        other => panic!("{other:?}"),
    };
    kv.set("k", b"text", None).await.unwrap();
    wrong(kv.incr_by("k", 1, None).await.map(drop));
    wrong(kv.get_fields("k").await.map(drop));
    wrong(kv.put_field("k", "f", b"", LONG).await);
    wrong(kv.admit("k", RateLimit::per_minute(1), 1).await.map(drop));
    kv.delete("k").await.unwrap();
    kv.put_field("k", "f", b"v", LONG).await.unwrap();
    wrong(kv.get("k").await.map(drop));
    wrong(kv.acquire("k", "token", LONG).await.map(drop));
    wrong(kv.release("k", "token").await.map(drop));
    kv.set("k", i64::MAX.to_string().as_bytes(), None).await.unwrap();
    wrong(kv.incr_by("k", 1, None).await.map(drop));
}

pub async fn subscribers_hear_their_channel_only(kv: &dyn Kv) {
    kv.publish("news", b"before anyone listened").await.unwrap();
    let mut first = kv.subscribe("news").await.unwrap();
    let mut second = kv.subscribe("news").await.unwrap();
    let mut other = kv.subscribe("other").await.unwrap();
    kv.publish("news", b"one").await.unwrap();
    kv.publish("other", b"two").await.unwrap();
    kv.publish("news", b"three").await.unwrap();
    for subscriber in [&mut first, &mut second] {
        assert_eq!(heard(subscriber).await, message("one"));
        assert_eq!(heard(subscriber).await, message("three"));
    }
    assert_eq!(heard(&mut other).await, message("two"));
}

pub async fn a_subscriber_that_falls_behind_is_told(kv: &dyn Kv) {
    let mut slow = kv.subscribe("flood").await.unwrap();
    let mut fence = kv.subscribe("fence").await.unwrap();
    for n in 0..crate::notice::BACKLOG + 10 {
        kv.publish("flood", n.to_string().as_bytes()).await.unwrap();
    }
    kv.publish("fence", b"all sent").await.unwrap();
    assert_eq!(heard(&mut fence).await, message("all sent"));
    assert_eq!(heard(&mut slow).await, Notice::Lagged);
    assert_eq!(heard(&mut slow).await, message("10"));
}

pub async fn a_dropped_subscription_leaves_the_others(kv: &dyn Kv) {
    let mut staying = kv.subscribe("c").await.unwrap();
    drop(kv.subscribe("c").await.unwrap());
    drop(kv.subscribe("left").await.unwrap());
    kv.publish("left", b"to nobody").await.unwrap();
    kv.publish("c", b"still here").await.unwrap();
    assert_eq!(heard(&mut staying).await, message("still here"));
}
