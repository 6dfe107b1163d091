//! What the handlers stand on.

use std::sync::Arc;

use access::Access;
use axum::extract::FromRef;
use egress::EgressRules;
use kv::Kv;
use secrets::KeyEncryptionKey;

use crate::{explain::RouteExplainer, playground::PlaygroundGateway, probe::EngineProbe};

pub struct CatalogParts {
    pub access: Access,
    pub kv: Arc<dyn Kv>,
    /// Asks an engine what it is; joined to the engines room in wiring.
    pub probe: Arc<dyn EngineProbe>,
    /// The same for addresses that tenants name: it reaches none of our own.
    pub outside_probe: Arc<dyn EngineProbe>,
    /// Makes the playground's calls; None in a process without a gateway.
    pub playground: Option<Arc<dyn PlaygroundGateway>>,
    /// Knows what the gateway chose, and why.
    pub explainer: Arc<dyn RouteExplainer>,
    pub key_encryption_key: KeyEncryptionKey,
    /// Which addresses an engine may have.
    pub egress: EgressRules,
    /// Which addresses a tenant may name.
    pub outside_egress: EgressRules,
    /// A new model is granted to every tenant at once.
    pub grant_new_models_to_all: bool,
}

#[derive(Clone)]
pub struct CatalogState(Arc<CatalogParts>);

impl CatalogState {
    pub fn new(parts: CatalogParts) -> Self {
        Self(Arc::new(parts))
    }

    /// Who asks an engine: what stands outside goes by the rules for outside, whoever registered it.
    pub(crate) fn asks(&self, external: bool) -> &dyn EngineProbe {
        if external { &*self.outside_probe } else { &*self.probe }
    }

    pub(crate) fn rules(&self, external: bool) -> &EgressRules {
        if external { &self.outside_egress } else { &self.egress }
    }
}

impl std::ops::Deref for CatalogState {
    type Target = CatalogParts;
    fn deref(&self) -> &CatalogParts {
        &self.0
    }
}

impl FromRef<CatalogState> for Access {
    fn from_ref(state: &CatalogState) -> Self {
        state.access.clone()
    }
}
