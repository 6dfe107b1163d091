//! Engines' tokens, opened once and kept ready.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    sync::Arc,
};

use parking_lot::RwLock;
use secrets::{DataKey, KeyEncryptionKey, Purpose};
use shared::DeploymentId;
use snapshot::{Deployment, Snapshot, Tenant};
use zeroize::Zeroizing;

/// The owner that the operator's data key is bound to.
pub const OPERATOR: &str = "operator";

/// A deployment's credential that can't be used; what went wrong is for the log alone.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CredentialError {
    #[error("there is no data key to open the engine's credential with")]
    NoDataKey,
    #[error("the engine's credential does not open")]
    Sealed(#[from] secrets::EnvelopeError),
    #[error("the engine's credential is not fit for a header")]
    NotText,
}

/// A token in the clear.
type Secret = Arc<Zeroizing<String>>;

struct Opened {
    sealed: Vec<u8>,
    token: Secret,
}

/// Bounded by the snapshot's deployments.
pub(crate) struct Credentials {
    key: KeyEncryptionKey,
    opened: RwLock<HashMap<DeploymentId, Opened>>,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Credentials").finish_non_exhaustive()
    }
}

impl Credentials {
    pub(crate) fn new(key: KeyEncryptionKey) -> Self {
        Self { key, opened: RwLock::default() }
    }

    /// The token for an engine; None where it wants none.
    pub(crate) fn token(
        &self,
        snapshot: &Snapshot,
        deployment: &Deployment,
    ) -> Result<Option<Secret>, CredentialError> {
        let Some(sealed) = &deployment.credential else { return Ok(None) };
        if let Some(known) = self.opened.read().get(&deployment.id)
            && known.sealed == *sealed
        {
            return Ok(Some(known.token.clone()));
        }
        let token = self.open(snapshot, deployment, sealed)?;
        let opened = Opened { sealed: sealed.clone(), token: token.clone() };
        self.opened.write().insert(deployment.id, opened);
        Ok(Some(token))
    }

    pub(crate) fn retain(&self, known: &HashSet<DeploymentId>) {
        self.opened.write().retain(|id, _| known.contains(id));
    }

    pub(crate) const fn key(&self) -> &KeyEncryptionKey {
        &self.key
    }

    /// A tenant's data key, to seal and open what is its own.
    pub(crate) fn tenant_key(&self, tenant: &Tenant) -> Result<DataKey, CredentialError> {
        let wrapped = tenant.data_key.as_deref().ok_or(CredentialError::NoDataKey)?;
        Ok(self.key.unwrap_data_key(&tenant.id.to_string(), wrapped)?)
    }

    /// What a tenant keeps as its own upstream is sealed by its own key, the rest by the operator's.
    fn open(
        &self,
        snapshot: &Snapshot,
        deployment: &Deployment,
        sealed: &[u8],
    ) -> Result<Secret, CredentialError> {
        let data_key = match deployment.owner_tenant {
            None => {
                let wrapped = snapshot.operator_data_key().ok_or(CredentialError::NoDataKey)?;
                self.key.unwrap_data_key(OPERATOR, wrapped)?
            }
            Some(owner) => {
                let entry = snapshot.tenant(owner).ok_or(CredentialError::NoDataKey)?;
                self.tenant_key(&entry.tenant)?
            }
        };
        let token = data_key.open(Purpose::EngineCredential, sealed)?;
        let text = std::str::from_utf8(&token).map_err(|_| CredentialError::NotText)?;
        Ok(Arc::new(Zeroizing::new(text.to_owned())))
    }
}
