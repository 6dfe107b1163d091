//! Revoked keys: heard at once, kept for replicas that start while the database is away.

use std::{sync::atomic::Ordering, time::Duration};

use futures::StreamExt;
use kv::Notice;
use shared::ApiKeyId;
use tokio::time::sleep;

use crate::{gateway::Shared, revocations::REVOCATIONS_CHANNEL};

/// The `kv` map of keys revoked lately: key id to milliseconds since 1970.
const KEPT: &str = "revoked-keys";
/// Longer than a gateway starts from an old snapshot without the database.
const KEPT_FOR: Duration = Duration::from_hours(24 * 7);
const TRY_AGAIN: Duration = Duration::from_secs(1);

/// Endless. Subscribes before it reads what is kept, so that nothing falls between the two.
pub(super) async fn listen(core: &Shared) {
    loop {
        match core.kv.subscribe(REVOCATIONS_CHANNEL).await {
            Ok(mut notices) => {
                catch_up(core).await;
                core.caught_up.store(true, Ordering::Relaxed);
                while let Some(notice) = notices.next().await {
                    match notice {
                        Notice::Message(payload) => heard(core, &payload).await,
                        Notice::Lagged | Notice::Reconnected => catch_up(core).await,
                    }
                }
            }
            Err(error) => {
                tracing::warn!(%error, "revocations cannot be heard; the configuration still brings them");
            }
        }
        core.caught_up.store(true, Ordering::Relaxed);
        sleep(TRY_AGAIN).await;
    }
}

async fn heard(core: &Shared, payload: &[u8]) {
    let Some(key) = key_id(payload) else {
        tracing::warn!("a revocation names no key");
        return;
    };
    let now = core.clock.now();
    core.revocations.revoke(key, now);
    tracing::info!(key_id = %key, "key revoked");
    let at = now.timestamp_millis().to_string();
    if let Err(error) = core.kv.put_field(KEPT, &key.to_string(), at.as_bytes(), KEPT_FOR).await {
        tracing::warn!(%error, "a revocation could not be kept for later starters");
    }
}

async fn catch_up(core: &Shared) {
    let kept = match core.kv.get_fields(KEPT).await {
        Ok(kept) => kept,
        Err(error) => {
            tracing::warn!(%error, "kept revocations cannot be read");
            return;
        }
    };
    let now = core.clock.now();
    for (id, at) in kept {
        let Ok(key) = id.parse::<ApiKeyId>() else { continue };
        core.revocations.revoke(key, now);
        let at = std::str::from_utf8(&at).ok().and_then(|at| at.parse::<i64>().ok());
        let long_ago = at.is_none_or(|at| now.timestamp_millis() - at > KEPT_FOR.as_millis() as i64);
        // The map as a whole lives on with each new field, so its old ones go one by one.
        if long_ago && let Err(error) = core.kv.delete_field(KEPT, &id).await {
            tracing::debug!(%error, "an old revocation could not be dropped");
        }
    }
}

fn key_id(payload: &[u8]) -> Option<ApiKeyId> {
    std::str::from_utf8(payload).ok()?.trim().parse().ok()
}
