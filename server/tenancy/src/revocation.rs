//! Telling every gateway that a key is revoked, ahead of the next snapshot.

use kv::Kv;
use shared::ApiKeyId;

/// The channel; its messages are key ids in text form.
pub const CHANNEL: &str = "revocations";

/// Announces keys whose revocation is committed. A gateway that does not hear it learns by the configuration's change,
/// which the same commit announced.
pub async fn announce(kv: &dyn Kv, keys: &[ApiKeyId]) {
    for key in keys {
        if let Err(error) = kv.publish(CHANNEL, key.to_string().as_bytes()).await {
            tracing::warn!(%error, %key, "a revocation reaches gateways by the database alone");
        }
    }
}
