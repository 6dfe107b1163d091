//! A tenant's data key: seals its own upstreams' credentials. Made with the first of them, destroyed with the tenant.

use chrono::{DateTime, Utc};
use db::{DbError, TenantTx};
use secrets::{DataKey, EnvelopeError, KeyEncryptionKey, Purpose};
use web::Problem;

use crate::store;

/// Seals a credential with the key of the transaction's tenant, making the key if there is none. The owner's name that is
/// bound into the envelope is the tenant's id in text form.
pub async fn seal(
    tx: &mut TenantTx,
    kek: &KeyEncryptionKey,
    credential: &str,
    now: DateTime<Utc>,
) -> Result<Vec<u8>, Problem> {
    let key = data_key(tx, kek, now).await?;
    key.seal(Purpose::EngineCredential, credential.as_bytes(), &mut rand::rng())
        .map_err(|error| Problem::internal(&error))
}

async fn data_key(tx: &mut TenantTx, kek: &KeyEncryptionKey, now: DateTime<Utc>) -> Result<DataKey, Problem> {
    let database = |error: DbError| access::database_problem(&error);
    let envelope = |error: EnvelopeError| Problem::internal(&error);
    let owner = tx.tenant_id().to_string();
    if let Some(wrapped) = store::tenant_key::load(tx).await.map_err(database)? {
        return kek.unwrap_data_key(&owner, &wrapped).map_err(envelope);
    }
    let (_, wrapped) = kek.new_data_key(&owner, &mut rand::rng()).map_err(envelope)?;
    store::tenant_key::insert(tx, &wrapped, now).await.map_err(database)?;
    // Another may have been first: the stored one counts.
    let stored = store::tenant_key::load(tx).await.map_err(database)?.unwrap_or(wrapped);
    kek.unwrap_data_key(&owner, &stored).map_err(envelope)
}
