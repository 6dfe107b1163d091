//! The parts of the gateway, put together.

use std::{
    collections::HashSet,
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use axum::Router;
use chrono::{DateTime, Utc};
use egress::EngineClient;
use kv::Kv;
use metering::Meter;
use secrets::{KeyEncryptionKey, Pepper};
use shared::{Clock, ErrorCode};
use snapshot::Deployment;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::{
    background,
    budgets::Budgets,
    coalesce::Coalescer,
    configuration::ConfigurationCell,
    counters::Counters,
    credentials::Credentials,
    decisions::{Decisions, NotedDecision},
    deferral::Deferral,
    error::CallError,
    fleet::{Fleet, Opened},
    http,
    on_behalf::OnBehalf,
    readiness::Readiness,
    revocations::Revocations,
    settings::Settings,
    shadow::Shadows,
    tenants::TenantCalls,
    tokenizers::Tokenizers,
};

/// What a gateway is made of.
pub struct GatewayParts {
    pub configuration: Arc<ConfigurationCell>,
    pub meter: Meter,
    pub kv: Arc<dyn Kv>,
    pub engines: EngineClient,
    /// Reaches engines outside the platform: public addresses only, but those that the operator lists.
    pub external: EngineClient,
    pub pepper: Pepper,
    /// Opens engines' credentials.
    pub key_encryption_key: KeyEncryptionKey,
    pub settings: Settings,
    pub clock: Clock,
    /// Puts calls off that nothing can serve now; None: none is.
    pub deferral: Option<Arc<dyn Deferral>>,
}

/// What the stages share.
pub(crate) struct Core {
    pub(crate) configuration: Arc<ConfigurationCell>,
    pub(crate) revocations: Revocations,
    pub(crate) fleet: Arc<Fleet>,
    pub(crate) budgets: Budgets,
    pub(crate) coalescer: Coalescer,
    pub(crate) shadows: Shadows,
    pub(crate) decisions: Decisions,
    pub(crate) tenants: Arc<TenantCalls>,
    /// WebSockets that are open.
    pub(crate) connections: Arc<TenantCalls>,
    pub(crate) meter: Meter,
    pub(crate) kv: Arc<dyn Kv>,
    engines: EngineClient,
    external: EngineClient,
    pub(crate) tokenizers: Tokenizers,
    pub(crate) pepper: Pepper,
    pub(crate) credentials: Credentials,
    pub(crate) counters: Counters,
    pub(crate) settings: Settings,
    pub(crate) clock: Clock,
    pub(crate) deferral: Option<Arc<dyn Deferral>>,
    pub(crate) draining: AtomicBool,
    /// Revocations that others know are applied, or nobody could be asked.
    pub(crate) caught_up: AtomicBool,
}

pub(crate) type Shared = Arc<Core>;

impl fmt::Debug for Core {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Core").field("generation", &self.configuration.generation()).finish_non_exhaustive()
    }
}

impl Core {
    /// Whether calls may be served now at all.
    pub(crate) fn serves(&self, now: DateTime<Utc>) -> Result<(), CallError> {
        if self.draining.load(Ordering::Relaxed) {
            return Err(CallError::new(
                ErrorCode::Draining,
                "This server is shutting down. Send the call again.",
            ));
        }
        let age = self.configuration.age(now);
        let most = self.settings.max_configuration_age.unwrap_or(Duration::MAX);
        if age.is_none_or(|age| age > most) || !self.caught_up.load(Ordering::Relaxed) {
            return Err(CallError::new(
                ErrorCode::Unavailable,
                "The service cannot check keys now, because its configuration is not at hand. Try again shortly.",
            ));
        }
        Ok(())
    }

    /// What reaches a deployment. What somebody outside gave us never reaches our own networks.
    pub(crate) fn client(&self, deployment: &Deployment) -> &EngineClient {
        if deployment.external || deployment.owner_tenant.is_some() { &self.external } else { &self.engines }
    }

    /// Forgets what belonged to deployments, routes and models that the configuration no longer has.
    pub(crate) fn forget_gone_deployments(&self) {
        let snapshot = self.configuration.load();
        let known: HashSet<_> = snapshot.deployments().map(|deployment| deployment.id).collect();
        self.budgets.retain(&snapshot);
        self.fleet.retain(&known);
        self.credentials.retain(&known);
    }
}

/// The path of a model call.
#[derive(Debug)]
pub struct Gateway {
    core: Shared,
    openings: mpsc::Receiver<Opened>,
}

impl Gateway {
    /// Install the metrics recorder before this: handles are kept from here on.
    pub fn new(parts: GatewayParts) -> Self {
        let (fleet, openings) = Fleet::new(&parts.settings);
        let core = Core {
            revocations: Revocations::telling(parts.configuration.changed().clone()),
            configuration: parts.configuration,
            fleet,
            budgets: Budgets::default(),
            coalescer: Coalescer::default(),
            shadows: Shadows::default(),
            decisions: Decisions::default(),
            tenants: Arc::default(),
            connections: Arc::default(),
            meter: parts.meter,
            kv: parts.kv,
            engines: parts.engines,
            external: parts.external,
            tokenizers: Tokenizers::default(),
            pepper: parts.pepper,
            credentials: Credentials::new(parts.key_encryption_key),
            counters: Counters::new(),
            settings: parts.settings,
            clock: parts.clock,
            deferral: parts.deferral,
            draining: AtomicBool::new(false),
            caught_up: AtomicBool::new(false),
        };
        Self { core: Arc::new(core), openings }
    }

    /// One that serves nobody and asks no engine: for [`OnBehalf::explain`] alone.
    pub fn on_paper(parts: GatewayParts) -> OnBehalf {
        let gateway = Self::new(parts);
        // There are no revocations to hear of.
        gateway.core.caught_up.store(true, Ordering::Relaxed);
        gateway.on_behalf()
    }

    /// `/v1/*` and `/t/{tenant}/v1/*`; `{tenant}.HOST/v1/*` is the first by its `Host`. Sets `x-request-id` itself.
    pub fn router(&self) -> Router {
        http::router(self.core.clone())
    }

    /// Makes calls inside the process, for a key whose owner is known otherwise.
    pub fn on_behalf(&self) -> OnBehalf {
        OnBehalf::of(self.core.clone())
    }

    /// Decisions of late, the newest first: a sample.
    pub fn decisions(&self) -> impl Fn() -> Vec<Arc<NotedDecision>> + Send + Sync + 'static {
        let core = self.core.clone();
        move || core.decisions.all()
    }

    /// For `/readyz`, and to drain.
    pub fn readiness(&self) -> Readiness {
        Readiness::of(self.core.clone())
    }

    /// Revocations, health and breakers, until `stop`. Spawn it: calls are served once the revocations that other
    /// replicas know are applied, or once nobody could be asked for them.
    pub async fn run(self, stop: CancellationToken) {
        background::run(self.core, self.openings, stop).await;
    }
}
