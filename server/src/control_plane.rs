//! The API and the console, assembled.

use std::sync::Arc;

use axum::Router;
use catalog::{CatalogParts, CatalogState, PlaygroundGateway, RouteExplainer};
use egress::EngineClient;
use identity::{Identity, SetupToken};
use utoipa::openapi::OpenApi;

use crate::{
    foundation::Foundation,
    router::{self, Rooms},
    wiring::engine_probe::Probe,
};

/// What the control plane serves.
pub struct ControlPlane {
    /// `/api/v1`, with all that surrounds a request.
    pub api: Router,
    pub document: OpenApi,
}

/// What the control plane asks of the outside and of the gateway.
pub struct Reach {
    pub engines: EngineClient,
    /// Engines outside the platform, and addresses that tenants name.
    pub outside: EngineClient,
    /// None in a process without a gateway.
    pub playground: Option<Arc<dyn PlaygroundGateway>>,
    /// Knows what the gateway chose of late, where there is one.
    pub explainer: Arc<dyn RouteExplainer>,
}

/// Joins the rooms. `setup`: the link that makes the first operator, where one is open.
pub fn assemble(foundation: &Foundation, reach: Reach, setup: SetupToken) -> ControlPlane {
    let access = foundation.access();
    let public_url = crate::serve::public_url(&foundation.settings);
    let catalog = CatalogState::new(CatalogParts {
        access: access.clone(),
        kv: foundation.kv.clone(),
        probe: Arc::new(Probe::new(reach.engines)),
        outside_probe: Arc::new(Probe::new(reach.outside)),
        playground: reach.playground,
        explainer: reach.explainer,
        key_encryption_key: foundation.key_encryption_key.clone(),
        egress: foundation.engine_rules.clone(),
        outside_egress: foundation.outbound_rules.clone(),
        grant_new_models_to_all: foundation.settings.catalog.grant_new_models_to_all,
    });
    let rooms = Rooms {
        identity: identity::routes(Identity::new(access.clone()).with_setup(setup)),
        tenancy: tenancy::routes(crate::wiring::tenancy::state(foundation, &access, &public_url)),
        catalog: catalog::routes(catalog),
        batches: batches::api_routes(crate::wiring::batches::state(foundation)),
        billing: billing::routes(billing::BillingState { access: access.clone() }),
    };
    let (api, document) = router::api(rooms, &access, public_url.scheme() == "https");
    ControlPlane { api, document }
}
