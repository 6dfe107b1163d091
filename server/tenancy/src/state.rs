//! What the endpoints of this room stand on.

use std::sync::Arc;

use access::Access;
use axum::extract::FromRef;
use kv::Kv;
use secrets::{KeyEncryptionKey, Token};
use url::Url;

/// What [`Tenancy`] is made of.
#[derive(Debug)]
pub struct TenancyParts {
    pub access: Access,
    /// Where revocations are announced.
    pub kv: Arc<dyn Kv>,
    /// Where people and programs reach this deployment.
    pub public_url: Url,
    /// Wraps tenants' data keys.
    pub key_encryption_key: KeyEncryptionKey,
}

/// State of the room's router; cheap to clone.
#[derive(Debug, Clone)]
pub struct Tenancy(Arc<TenancyParts>);

impl Tenancy {
    pub fn new(parts: TenancyParts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn access(&self) -> &Access {
        &self.0.access
    }

    pub(crate) fn kv(&self) -> &dyn Kv {
        &*self.0.kv
    }

    pub(crate) fn key_encryption_key(&self) -> &KeyEncryptionKey {
        &self.0.key_encryption_key
    }

    fn base(&self) -> &str {
        self.0.public_url.as_str().trim_end_matches('/')
    }

    /// Base URL of a tenant's OpenAI-compatible endpoint.
    pub(crate) fn endpoint(&self, slug: &str) -> String {
        format!("{}/t/{slug}/v1", self.base())
    }

    /// Where a person accepts an invitation. Ends with the token.
    pub(crate) fn invitation_link(&self, token: &Token) -> String {
        format!("{}/invitations/{}", self.base(), token.reveal())
    }
}

impl FromRef<Tenancy> for Access {
    fn from_ref(tenancy: &Tenancy) -> Self {
        tenancy.access().clone()
    }
}
