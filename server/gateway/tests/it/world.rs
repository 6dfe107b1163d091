//! A gateway on a real socket, before simulated engines.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use egress::{ConnectTimeout, EgressRules, EngineClient};
use gateway::{
    ConfigurationCell, Gateway, GatewayParts, NotedDecision, OnBehalf, PublicHosts, Readiness, Settings,
    Timeouts,
};
use kv::{Kv, MemoryKv};
use metering::{Meter, SpoolSettings, UsageEvent};
use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};
use shared::{Clock, DeploymentId, ModelId};
use sim::{Engine, Handle, SimOptions, StatsView};
use snapshot::{Deployment, EngineKind, Model, ModelKind, Snapshot};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::{
    draft::{Draft, TenantKeys, kek, pepper},
    spool,
};

/// Short enough for a test, long enough for a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(20);

pub fn timeouts() -> Timeouts {
    Timeouts {
        connect: Duration::from_secs(2),
        first_token: Duration::from_millis(1200),
        between_tokens: Duration::from_millis(1200),
        total: Duration::from_secs(5),
    }
}

/// Everything a test needs at hand. Dropped, all of it ends.
pub struct World {
    pub draft: Draft,
    pub acme: TenantKeys,
    pub globex: TenantKeys,
    pub model: ModelId,
    pub sims: Vec<Handle>,
    kinds: Vec<EngineKind>,
    pub deployments: Vec<DeploymentId>,
    pub configuration: Arc<ConfigurationCell>,
    pub kv: Arc<dyn Kv>,
    pub address: SocketAddr,
    pub http: reqwest::Client,
    pub readiness: Readiness,
    pub inside: OnBehalf,
    pub decisions: Box<dyn Fn() -> Vec<Arc<NotedDecision>> + Send + Sync>,
    spool: tempfile::TempDir,
    _stop: DropGuard,
}

/// Writes more rows, given the tenants acme and globex.
type Shape = Box<dyn FnOnce(&mut Draft, &TenantKeys, &TenantKeys)>;

/// How a world is to be, before it starts.
pub struct Plan {
    pub engines: Vec<Engine>,
    pub settings: Settings,
    pub sim: fn(&mut SimOptions),
    pub draft: Shape,
    pub deployment: fn(usize, &mut Deployment),
    /// The store that replicas share.
    pub kv: Arc<dyn Kv>,
    /// Whether the operator lists this machine for engines outside.
    pub external_loopback: bool,
    /// Where calls are put off to.
    pub deferral: Option<Arc<dyn gateway::Deferral>>,
}

impl Plan {
    pub fn of(engines: &[Engine]) -> Self {
        let settings = Settings {
            public_hosts: PublicHosts::new(["gateway.test"]),
            timeouts: timeouts(),
            max_body_bytes: 64 * 1024,
            ..Settings::default()
        };
        Self {
            engines: engines.to_vec(),
            settings,
            sim: |_| {},
            draft: Box::new(|_, _, _| {}),
            deployment: |_, _| {},
            kv: Arc::new(MemoryKv::new()),
            external_loopback: true,
            deferral: None,
        }
    }

    /// Orders the deployments: the first serves, the others stand by.
    pub fn in_order(mut self) -> Self {
        self.deployment = |index, deployment| deployment.weight = u32::from(index == 0) * 100;
        self
    }

    pub async fn start(self) -> World {
        World::start(self).await
    }
}

const fn kind(engine: Engine) -> EngineKind {
    match engine {
        Engine::Vllm => EngineKind::Vllm,
        Engine::Sglang => EngineKind::Sglang,
        Engine::Ollama => EngineKind::Ollama,
        Engine::Tgi => EngineKind::Tgi,
        Engine::Nim => EngineKind::Nim,
        Engine::Llamacpp => EngineKind::Llamacpp,
        Engine::Tei => EngineKind::Tei,
        Engine::Openai => EngineKind::Openai,
        Engine::Anthropic => EngineKind::Anthropic,
    }
}

impl World {
    async fn start(plan: Plan) -> Self {
        let mut draft = Draft::new();
        let (acme, globex) = (draft.tenant("acme"), draft.tenant("globex"));
        let model = draft.model("llama");
        let (mut sims, mut deployments) = (Vec::new(), Vec::new());
        for (index, engine) in plan.engines.iter().enumerate() {
            let mut options = SimOptions::unpaced(*engine, ["sim-8b"]);
            (plan.sim)(&mut options);
            let sim = sim::spawn(options).await.unwrap();
            let shape = |deployment: &mut Deployment| (plan.deployment)(index, deployment);
            deployments.push(draft.deployment(model, kind(*engine), &sim.base_url(), shape));
            sims.push(sim);
        }
        (plan.draft)(&mut draft, &acme, &globex);

        let configuration = Arc::new(ConfigurationCell::new());
        configuration.publish(Snapshot::build(draft.rows.clone()), now());
        let kv = plan.kv;
        let spool = tempfile::tempdir().unwrap();
        let (meter, _) = Meter::open(spool.path(), SpoolSettings::default()).unwrap();
        let connect = ConnectTimeout(plan.settings.timeouts.connect);
        let gateway = Gateway::new(GatewayParts {
            configuration: configuration.clone(),
            meter,
            kv: kv.clone(),
            engines: EngineClient::new(&engine_rules(), connect).unwrap(),
            external: EngineClient::new(&external_rules(plan.external_loopback), connect).unwrap(),
            pepper: pepper(),
            key_encryption_key: kek(),
            settings: plan.settings,
            clock: Clock::system(),
            deferral: plan.deferral,
        });
        let (router, readiness, inside) = (gateway.router(), gateway.readiness(), gateway.on_behalf());
        let decisions = Box::new(gateway.decisions());
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let stop = CancellationToken::new();
        let background = tokio::spawn(gateway.run(stop.clone()));
        let ended = stop.clone();
        tokio::spawn(async move {
            let server =
                axum::serve(listener, router).with_graceful_shutdown(async move { ended.cancelled().await });
            server.await.unwrap();
            background.await.unwrap();
        });
        until_ready(&readiness).await;
        Self {
            draft,
            acme,
            globex,
            model,
            kinds: plan.engines.iter().map(|engine| kind(*engine)).collect(),
            sims,
            deployments,
            configuration,
            kv,
            address,
            http: client(),
            readiness,
            inside,
            decisions,
            spool,
            _stop: stop.drop_guard(),
        }
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http.request(method, self.url(path)).bearer_auth(&self.acme.key)
    }

    /// POST to a path as acme.
    pub fn post(&self, path: &str, body: &Value) -> RequestBuilder {
        self.request(Method::POST, path).json(body)
    }

    /// POST /v1/chat/completions as acme.
    pub fn chat(&self, body: &Value) -> RequestBuilder {
        self.request(Method::POST, "/v1/chat/completions").json(body)
    }

    /// Waits for so many usage events to be on disk, and gives them all.
    pub async fn events(&self, wanted: usize) -> Vec<UsageEvent> {
        let begun = tokio::time::Instant::now();
        loop {
            let events = spool::events(self.spool.path());
            if events.len() >= wanted {
                return events;
            }
            assert!(begun.elapsed() < PATIENCE, "{wanted} usage events, but only: {events:#?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    pub fn spool_path(&self) -> &Path {
        self.spool.path()
    }

    /// Waits until an engine's counters are as wanted.
    pub async fn until(&self, sim: usize, wanted: impl Fn(&StatsView) -> bool) -> StatsView {
        let begun = tokio::time::Instant::now();
        loop {
            let stats = self.sims[sim].stats();
            if wanted(&stats) {
                return stats;
            }
            assert!(begun.elapsed() < PATIENCE, "{stats:#?}");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }

    /// One more model, served by the simulator at `sim` under `upstream`; seen from the next call on.
    pub fn serve(&mut self, name: &str, kind: ModelKind, sim: usize, upstream: &str) -> ModelId {
        let id = self.draft.model(name);
        self.change_model(id, |model| {
            model.kind = kind;
            model.capabilities = vec![];
        });
        let engine = self.kinds[sim];
        let base_url = self.sims[sim].base_url();
        self.draft.deployment(id, engine, &base_url, |one| one.upstream_model = upstream.into());
        self.publish();
        id
    }

    /// Changes a model; seen once published.
    pub fn change_model(&mut self, id: ModelId, change: impl FnOnce(&mut Model)) {
        change(self.draft.rows.models.iter_mut().find(|model| model.id == id).unwrap());
    }

    /// Changes the deployment of that index; seen once published.
    pub fn change_deployment(&mut self, index: usize, change: impl FnOnce(&mut Deployment)) {
        change(&mut self.draft.rows.deployments[index]);
    }

    /// What changed since is seen by the next call.
    pub fn publish(&mut self) {
        self.draft.rows.generation += 1;
        self.configuration.publish(Snapshot::build(self.draft.rows.clone()), now());
    }
}

pub fn now() -> DateTime<Utc> {
    Clock::system().now()
}

/// A plain question.
pub fn hello() -> Value {
    json!({"model": "llama", "messages": [{"role": "user", "content": "Tell me about the railway switchyard."}]})
}

pub fn streamed(mut body: Value) -> Value {
    body["stream"] = json!(true);
    body
}

async fn until_ready(readiness: &Readiness) {
    let begun = tokio::time::Instant::now();
    while let Some(why) = readiness.why_not() {
        assert!(begun.elapsed() < PATIENCE, "{why}");
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

fn external_rules(loopback: bool) -> EgressRules {
    let allow = if loopback { vec!["127.0.0.0/8".parse().unwrap()] } else { vec![] };
    EgressRules::outbound(allow).unwrap()
}

fn engine_rules() -> EgressRules {
    EgressRules::engines(vec![]).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a test speaks as a caller does, from outside")]
fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}
