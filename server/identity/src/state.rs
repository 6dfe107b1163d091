//! What the endpoints of this room stand on.

use access::Access;
use axum::extract::FromRef;

use crate::{Passwords, SetupToken};

/// State of the room's router; cheap to clone.
#[derive(Debug, Clone)]
pub struct Identity {
    pub access: Access,
    pub passwords: Passwords,
    pub setup: SetupToken,
}

impl Identity {
    /// With the default bound on password hashes at once and no set-up link open.
    pub fn new(access: Access) -> Self {
        Self { access, passwords: Passwords::default(), setup: SetupToken::closed() }
    }

    /// With the link by which the first operator is made.
    #[must_use]
    pub fn with_setup(mut self, setup: SetupToken) -> Self {
        self.setup = setup;
        self
    }
}

impl FromRef<Identity> for Access {
    fn from_ref(identity: &Identity) -> Self {
        identity.access.clone()
    }
}
