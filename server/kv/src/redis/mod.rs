//! The store on Redis or Valkey (6.2 or newer: RESP3 and `TIME` inside scripts).
//!
//! Two connections: one for commands, multiplexed and reconnecting, and one that only listens (`listener.rs`).

mod call;
mod listener;
mod scripts;

use std::collections::HashMap;
use std::time::Duration;

use async_trait::async_trait;
use bytes::Bytes;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{Client, IntoConnectionInfo, ProtocolVersion, cmd};

use self::call::{Call, Repeat};
use self::listener::Listener;
use crate::{Admission, Kv, KvError, Notices, RateLimit, millis};

const PREFIX: &str = "sy:";
/// A store that takes longer than this to answer is as good as away.
const ANSWER_WITHIN: Duration = Duration::from_millis(800);
const CONNECT_WITHIN: Duration = Duration::from_millis(800);

/// State shared by all replicas.
pub struct RedisKv {
    commands: ConnectionManager,
    listener: Listener,
}

/// Without the client, whose address may carry a password.
impl std::fmt::Debug for RedisKv {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisKv").finish_non_exhaustive()
    }
}

impl RedisKv {
    /// Connects when first used; only a bad address is an error. Must be called inside a tokio runtime.
    pub fn open(url: &str) -> Result<Self, KvError> {
        let settings = |_| KvError::Settings;
        let info = url.into_connection_info().map_err(settings)?;
        let resp3 = info.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(info.set_redis_settings(resp3)).map_err(settings)?;
        // Few retries: the caller waits for them, and every later call tries again anyway.
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_min_delay(Duration::from_millis(50))
            .set_connection_timeout(Some(CONNECT_WITHIN))
            .set_response_timeout(Some(ANSWER_WITHIN));
        let commands = ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(settings)?;
        Ok(Self { commands, listener: Listener::start(client) })
    }
}

fn named(key: &str) -> String {
    format!("{PREFIX}{key}")
}

#[async_trait]
impl Kv for RedisKv {
    async fn ping(&self) -> Result<(), KvError> {
        self.run("", Repeat::Always, Call::Command(&cmd("PING"))).await
    }

    async fn get(&self, key: &str) -> Result<Option<Bytes>, KvError> {
        self.run(key, Repeat::Always, Call::Command(cmd("GET").arg(named(key)))).await
    }

    async fn set(&self, key: &str, value: &[u8], ttl: Option<Duration>) -> Result<(), KvError> {
        let mut set = cmd("SET");
        set.arg(named(key)).arg(value);
        if let Some(ttl) = ttl {
            set.arg("PX").arg(millis(ttl));
        }
        self.run(key, Repeat::Always, Call::Command(&set)).await
    }

    async fn delete(&self, key: &str) -> Result<bool, KvError> {
        self.run(key, Repeat::Always, Call::Command(cmd("DEL").arg(named(key)))).await
    }

    async fn acquire(&self, key: &str, token: &str, ttl: Duration) -> Result<bool, KvError> {
        self.run(
            key,
            Repeat::Always,
            Call::Script(scripts::ACQUIRE.key(named(key)).arg(token).arg(millis(ttl))),
        )
        .await
    }

    async fn release(&self, key: &str, token: &str) -> Result<bool, KvError> {
        self.run(key, Repeat::Always, Call::Script(scripts::RELEASE.key(named(key)).arg(token))).await
    }

    async fn incr_by(&self, key: &str, by: i64, ttl: Option<Duration>) -> Result<i64, KvError> {
        let ttl = ttl.map_or(0, millis);
        self.run(key, Repeat::IfUnsent, Call::Script(scripts::INCR_BY.key(named(key)).arg(by).arg(ttl))).await
    }

    async fn admit(&self, key: &str, limit: RateLimit, cost: u64) -> Result<Admission, KvError> {
        let Some(rate) = limit.per_micro() else { return Ok(Admission::NEVER) };
        // Repeated at worst counts twice, which errs to the safe side.
        let (allowed, left): (bool, f64) = self
            .run(
                key,
                Repeat::Always,
                Call::Script(scripts::ADMIT.key(named(key)).arg(rate).arg(limit.burst).arg(cost)),
            )
            .await?;
        Ok(Admission::decided(allowed, left, limit, cost))
    }

    async fn put_field(&self, key: &str, field: &str, value: &[u8], ttl: Duration) -> Result<(), KvError> {
        self.run(
            key,
            Repeat::Always,
            Call::Script(scripts::PUT_FIELD.key(named(key)).arg(field).arg(value).arg(millis(ttl))),
        )
        .await
    }

    async fn get_fields(&self, key: &str) -> Result<HashMap<String, Bytes>, KvError> {
        self.run(key, Repeat::Always, Call::Command(cmd("HGETALL").arg(named(key)))).await
    }

    async fn delete_field(&self, key: &str, field: &str) -> Result<bool, KvError> {
        self.run(key, Repeat::Always, Call::Command(cmd("HDEL").arg(named(key)).arg(field))).await
    }

    async fn publish(&self, channel: &str, payload: &[u8]) -> Result<(), KvError> {
        // Said twice at worst: an announcement only makes its hearers look.
        let mut publish = cmd("PUBLISH");
        publish.arg(named(channel)).arg(payload);
        self.run::<i64>(channel, Repeat::Always, Call::Command(&publish)).await.map(drop)
    }

    async fn subscribe(&self, channel: &str) -> Result<Notices, KvError> {
        self.listener.subscribe(named(channel)).await
    }
}
