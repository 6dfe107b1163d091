//! Engines' bearer tokens, opened once and kept ready as header values.

use std::collections::{HashMap, HashSet};

use http::HeaderValue;
use parking_lot::RwLock;
use secrets::{KeyEncryptionKey, Purpose};
use shared::DeploymentId;
use snapshot::{Deployment, Snapshot};
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
    NotAHeader,
}

#[derive(Debug)]
struct Opened {
    sealed: Vec<u8>,
    header: HeaderValue,
}

/// Bounded by the snapshot's deployments.
#[derive(Debug)]
pub(crate) struct Credentials {
    key: KeyEncryptionKey,
    opened: RwLock<HashMap<DeploymentId, Opened>>,
}

impl Credentials {
    pub(crate) fn new(key: KeyEncryptionKey) -> Self {
        Self { key, opened: RwLock::default() }
    }

    /// The `Authorization` header for an engine; None where it wants none.
    pub(crate) fn header(
        &self,
        snapshot: &Snapshot,
        deployment: &Deployment,
    ) -> Result<Option<HeaderValue>, CredentialError> {
        let Some(sealed) = &deployment.credential else { return Ok(None) };
        if let Some(known) = self.opened.read().get(&deployment.id)
            && known.sealed == *sealed
        {
            return Ok(Some(known.header.clone()));
        }
        let header = self.open(snapshot, sealed)?;
        let opened = Opened { sealed: sealed.clone(), header: header.clone() };
        self.opened.write().insert(deployment.id, opened);
        Ok(Some(header))
    }

    /// The bare token, for a probe.
    pub(crate) fn token(
        &self,
        snapshot: &Snapshot,
        deployment: &Deployment,
    ) -> Result<Option<Zeroizing<String>>, CredentialError> {
        let Some(header) = self.header(snapshot, deployment)? else { return Ok(None) };
        let text = header.to_str().map_err(|_| CredentialError::NotAHeader)?;
        Ok(Some(Zeroizing::new(text.trim_start_matches("Bearer ").to_owned())))
    }

    pub(crate) fn retain(&self, known: &HashSet<DeploymentId>) {
        self.opened.write().retain(|id, _| known.contains(id));
    }

    fn open(&self, snapshot: &Snapshot, sealed: &[u8]) -> Result<HeaderValue, CredentialError> {
        let wrapped = snapshot.operator_data_key().ok_or(CredentialError::NoDataKey)?;
        let data_key = self.key.unwrap_data_key(OPERATOR, wrapped)?;
        let token = data_key.open(Purpose::EngineCredential, sealed)?;
        let mut bearer = Zeroizing::new(b"Bearer ".to_vec());
        bearer.extend_from_slice(&token);
        let mut header = HeaderValue::from_bytes(&bearer).map_err(|_| CredentialError::NotAHeader)?;
        header.set_sensitive(true);
        Ok(header)
    }
}
