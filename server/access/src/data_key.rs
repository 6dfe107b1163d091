//! A tenant's data key: seals what it keeps with us. Made when something is first sealed, destroyed with the tenant.

use chrono::{DateTime, Utc};
use db::{DbError, TenantTx};
use secrets::{DataKey, EnvelopeError, KeyEncryptionKey};
use web::Problem;

use crate::{database_problem, store};

/// The data key of the transaction's tenant, made if there is none. The owner's name that is bound into its envelopes is
/// the tenant's id in text form. Not for operators: their role cannot read it.
pub async fn tenant_data_key(
    tx: &mut TenantTx,
    kek: &KeyEncryptionKey,
    now: DateTime<Utc>,
) -> Result<DataKey, Problem> {
    let database = |error: DbError| database_problem(&error);
    let envelope = |error: EnvelopeError| Problem::internal(&error);
    let owner = tx.tenant_id().to_string();
    if let Some(wrapped) = store::data_key::load(tx).await.map_err(database)? {
        return kek.unwrap_data_key(&owner, &wrapped).map_err(envelope);
    }
    let (_, wrapped) = kek.new_data_key(&owner, &mut rand::rng()).map_err(envelope)?;
    store::data_key::insert(tx, &wrapped, now).await.map_err(database)?;
    // Another may have been first: the stored one counts.
    let stored = store::data_key::load(tx).await.map_err(database)?.unwrap_or(wrapped);
    kek.unwrap_data_key(&owner, &stored).map_err(envelope)
}
