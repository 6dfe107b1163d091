//! Redis killed, away, and back.

use std::time::{Duration, Instant};

use super::contract::heard;
use super::server::RedisServer;
use crate::{Kv, KvError, Notice, RateLimit, RedisKv};

#[tokio::test]
async fn a_killed_redis_fails_fast_and_is_used_again_when_back() {
    let mut server = RedisServer::start().await;
    let kv = server.open();
    kv.set("k", b"v", None).await.unwrap();
    server.kill();
    for _ in 0..3 {
        let started = Instant::now();
        let error = kv.admit("b", RateLimit::per_minute(5), 1).await.unwrap_err();
        assert!(matches!(error, KvError::Unavailable { .. }), "{error:?}");
        assert!(started.elapsed() < Duration::from_secs(2), "took {:?}", started.elapsed());
    }
    server.start_again().await;
    // The first call meets the old connection's end or a fresh one; either way it succeeds.
    assert!(kv.admit("b", RateLimit::per_minute(5), 1).await.unwrap().allowed, "scripts are loaded anew");
    assert_eq!(kv.get("k").await.unwrap(), None);
    assert_eq!(kv.incr_by("n", 1, None).await.unwrap(), 1);
}

#[tokio::test]
async fn a_restart_between_two_calls_is_not_noticed() {
    let mut server = RedisServer::start().await;
    let kv = server.open();
    for round in 0..3 {
        assert!(kv.acquire(&format!("lock-{round}"), "me", Duration::from_mins(1)).await.unwrap());
        server.kill();
        server.start_again().await;
    }
}

#[tokio::test]
async fn subscribers_are_told_of_the_gap_and_hear_again() {
    let mut server = RedisServer::start().await;
    let kv = server.open();
    let mut notices = kv.subscribe("news").await.unwrap();
    kv.publish("news", b"one").await.unwrap();
    assert_eq!(heard(&mut notices).await, Notice::Message("one".into()));
    server.kill();
    server.start_again().await;
    assert_eq!(heard(&mut notices).await, Notice::Reconnected);
    kv.publish("news", b"two").await.unwrap();
    assert_eq!(heard(&mut notices).await, Notice::Message("two".into()));
}

#[tokio::test]
async fn one_can_subscribe_before_redis_is_there() {
    let mut server = RedisServer::start().await;
    server.kill();
    let kv = RedisKv::open(&server.url()).unwrap();
    assert!(kv.ping().await.is_err());
    let mut notices = kv.subscribe("news").await.unwrap();
    server.start_again().await;
    assert_eq!(heard(&mut notices).await, Notice::Reconnected);
    kv.publish("news", b"hello").await.unwrap();
    assert_eq!(heard(&mut notices).await, Notice::Message("hello".into()));
}

#[tokio::test]
async fn two_replicas_share_state() {
    let server = RedisServer::start().await;
    let (one, two) = (server.open(), server.open());
    let mut notices = two.subscribe("news").await.unwrap();
    one.publish("news", b"from one").await.unwrap();
    assert_eq!(heard(&mut notices).await, Notice::Message("from one".into()));
    let limit = RateLimit { units: 1, per: Duration::from_hours(1), burst: 2 };
    assert!(one.admit("b", limit, 1).await.unwrap().allowed);
    assert!(two.admit("b", limit, 1).await.unwrap().allowed);
    assert!(!one.admit("b", limit, 1).await.unwrap().allowed);
    assert!(!two.admit("b", limit, 1).await.unwrap().allowed);
}
