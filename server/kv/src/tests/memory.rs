use std::time::Duration;

use crate::{Kv, KvError, MemoryKv, RateLimit, RedisKv};

#[tokio::test(start_paused = true)]
async fn memory_is_bounded_by_what_is_alive() {
    let kv = MemoryKv::new();
    kv.set("kept", b"x", None).await.unwrap();
    for round in 0..20 {
        for n in 0..1000 {
            kv.admit(&format!("bucket-{round}-{n}"), RateLimit::per_minute(60), 1).await.unwrap();
            kv.incr_by(&format!("counter-{round}-{n}"), 1, Some(Duration::from_secs(1))).await.unwrap();
        }
        tokio::time::advance(Duration::from_secs(2)).await;
    }
    assert!(kv.len() < 8_000, "{} entries held of 40,000 made and 2,000 alive at once", kv.len());
    assert!(kv.get("kept").await.unwrap().is_some());
}

#[tokio::test]
async fn a_bad_address_is_refused_without_being_repeated() {
    for bad in ["http://user:hunter2@host", "redis.example:6379", ""] {
        let error = RedisKv::open(bad).unwrap_err();
        assert!(matches!(error, KvError::Settings), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("hunter2"));
    }
    assert!(crate::open(None).unwrap().ping().await.is_ok());
}
