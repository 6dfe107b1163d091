//! The operator's data key: seals engine credentials. Made with the first credential.

use db::{DbError, OperatorTx};
use secrets::{DataKey, EnvelopeError, KeyEncryptionKey, Purpose};
use web::Problem;
use zeroize::Zeroizing;

use crate::store;

/// The owner's name that is bound into the operator's envelopes.
pub const OWNER: &str = "operator";

/// Seals a credential with the operator's key, making the key if there is none.
pub async fn seal(
    tx: &mut OperatorTx,
    kek: &KeyEncryptionKey,
    credential: &str,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<u8>, Problem> {
    let key = data_key(tx, kek, now).await?;
    key.seal(Purpose::EngineCredential, credential.as_bytes(), &mut rand::rng())
        .map_err(|error| Problem::internal(&error))
}

async fn data_key(
    tx: &mut OperatorTx,
    kek: &KeyEncryptionKey,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<DataKey, Problem> {
    let database = |error: DbError| access::database_problem(&error);
    let envelope = |error: EnvelopeError| Problem::internal(&error);
    if let Some(wrapped) = store::operator_key::load(tx).await.map_err(database)? {
        return kek.unwrap_data_key(OWNER, &wrapped).map_err(envelope);
    }
    let (_, wrapped) = kek.new_data_key(OWNER, &mut rand::rng()).map_err(envelope)?;
    store::operator_key::insert(tx, &wrapped, now).await.map_err(database)?;
    // Another may have been first: the stored one counts.
    let stored = store::operator_key::load(tx).await.map_err(database)?.unwrap_or(wrapped);
    kek.unwrap_data_key(OWNER, &stored).map_err(envelope)
}

/// Opens a credential that [`seal`] sealed. None where there is none.
pub async fn open(
    tx: &mut OperatorTx,
    kek: &KeyEncryptionKey,
    sealed: Option<Vec<u8>>,
) -> Result<Option<Zeroizing<String>>, Problem> {
    let Some(sealed) = sealed else { return Ok(None) };
    let wrapped = store::operator_key::load(tx).await.map_err(|error| access::database_problem(&error))?;
    let opened = kek
        .unwrap_data_key(OWNER, &wrapped.unwrap_or_default())
        .and_then(|key| key.open(Purpose::EngineCredential, &sealed))
        .map_err(|error| Problem::internal(&error))?;
    Ok(Some(Zeroizing::new(String::from_utf8_lossy(&opened).into_owned())))
}
