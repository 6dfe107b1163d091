//! A gateway on a real socket, before simulated engines.

use std::{net::SocketAddr, path::Path, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use egress::{ConnectTimeout, EgressRules, EngineClient};
use gateway::{
    ConfigurationCell, Gateway, GatewayParts, OPERATOR, OnBehalf, PublicHosts, Readiness, Settings, Timeouts,
};
use kv::{Kv, MemoryKv};
use metering::{Meter, SpoolSettings, UsageEvent};
use rand::{SeedableRng, rngs::StdRng};
use reqwest::{Method, RequestBuilder};
use rust_decimal::Decimal;
use secrets::{DataKey, KeyEncryptionKey, Pepper, Purpose, Token, TokenKind};
use serde_json::{Value, json};
use shared::{ApiKeyId, Clock, Currency, DeploymentId, ModelId, PoolId, PriceId, ProjectId, TenantId};
use sim::{Engine, Handle, SimOptions, StatsView};
use snapshot::{
    ApiKey, Deployment, DeploymentState, EngineKind, KeySecret, Model, ModelGrant, ModelKind, Pool, PoolKind,
    Price, Project, Rows, Snapshot, Tenant, TenantStatus,
};
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::spool;

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

/// A tenant with a project and keys.
#[derive(Debug, Clone)]
pub struct TenantKeys {
    pub id: TenantId,
    pub project: ProjectId,
    pub key_id: ApiKeyId,
    pub key: String,
}

/// The rows that a configuration is made of, while a test writes them.
pub struct Draft {
    pub rows: Rows,
    pub pool: PoolId,
    random: StdRng,
    pepper: Pepper,
    data_key: DataKey,
}

impl Draft {
    fn new() -> Self {
        let mut random = StdRng::seed_from_u64(7);
        let (data_key, wrapped) = kek().new_data_key(OPERATOR, &mut random).unwrap();
        let pool = PoolId::generate();
        let rows = Rows {
            generation: 1,
            pools: vec![Pool { id: pool, name: "shared".into(), kind: PoolKind::Shared, region: None }],
            operator_data_key: Some(wrapped),
            ..Rows::default()
        };
        Self { rows, pool, random, pepper: pepper(), data_key }
    }

    pub fn tenant(&mut self, slug: &str) -> TenantKeys {
        let (id, project) = (TenantId::generate(), ProjectId::generate());
        self.rows.tenants.push(Tenant {
            id,
            slug: slug.into(),
            name: slug.into(),
            status: TenantStatus::Active,
            max_concurrent_requests: None,
            demo: false,
            external_engines: false,
            data_key: None,
        });
        self.rows.projects.push(Project {
            tenant_id: id,
            id: project,
            team_id: None,
            cost_centre: Some("R&D".into()),
            data_class: None,
            data_class_allows_external: true,
            store_responses: false,
        });
        let (key_id, key) = self.key(id, project, |_| {});
        TenantKeys { id, project, key_id, key }
    }

    /// One more key; `shape` changes it before it is stored.
    pub fn key(
        &mut self,
        tenant_id: TenantId,
        project_id: ProjectId,
        shape: impl FnOnce(&mut ApiKey),
    ) -> (ApiKeyId, String) {
        let token = Token::generate(TokenKind::ApiKey, &mut self.random);
        let id = ApiKeyId::generate();
        let mut key = ApiKey {
            tenant_id,
            id,
            project_id,
            disabled: false,
            expires_at: None,
            scopes: vec![],
            allowed_models: None,
        };
        shape(&mut key);
        self.rows.keys.push(key);
        let hash = token.hash(&self.pepper);
        self.rows.secrets.push(KeySecret { tenant_id, key_id: id, hash, expires_at: None });
        (id, token.reveal().to_owned())
    }

    /// A model at $1 a million prompt tokens and $2 a million completion tokens, granted to all tenants so far.
    pub fn model(&mut self, name: &str) -> ModelId {
        let id = ModelId::generate();
        self.rows.models.push(Model {
            id,
            name: name.into(),
            display_name: name.into(),
            description: String::new(),
            context_length: 8192,
            max_output_tokens: Some(4096),
            input_modalities: vec!["text".into()],
            output_modalities: vec!["text".into()],
            supported_parameters: vec!["temperature".into(), "tools".into()],
            created_at: now(),
            kind: ModelKind::Chat,
            capabilities: ["tools", "parallel_tools", "json_schema", "logprobs", "completions"]
                .map(str::to_owned)
                .to_vec(),
            tokenizer: None,
        });
        let grants = self.rows.tenants.iter().map(|tenant| ModelGrant { tenant_id: tenant.id, model_id: id });
        self.rows.grants.extend(grants);
        self.rows.prices.push(Price {
            id: PriceId::generate(),
            model_id: id,
            valid_from: now() - Duration::from_mins(1),
            currency: Currency::USD,
            prompt: Decimal::new(1, 6),
            cached_prompt: Decimal::new(5, 7),
            completion: Decimal::new(2, 6),
            request: Decimal::ZERO,
        });
        id
    }

    /// A deployment; `shape` changes it before it is stored.
    pub fn deployment(
        &mut self,
        model_id: ModelId,
        engine: EngineKind,
        base_url: &str,
        shape: impl FnOnce(&mut Deployment),
    ) -> DeploymentId {
        let id = DeploymentId::generate();
        let mut deployment = Deployment {
            id,
            name: format!("d{}", self.rows.deployments.len()),
            engine,
            base_url: base_url.parse().unwrap(),
            model_id,
            upstream_model: "sim-8b".into(),
            pool_id: self.pool,
            region: Some("eu".into()),
            state: DeploymentState::Active,
            weight: 100,
            context_length: None,
            credential: None,
            external: false,
            owner_tenant: None,
            max_output_tokens: None,
            quantization: None,
        };
        shape(&mut deployment);
        self.rows.deployments.push(deployment);
        id
    }

    pub fn seal(&mut self, token: &str) -> Vec<u8> {
        self.data_key.seal(Purpose::EngineCredential, token.as_bytes(), &mut self.random).unwrap()
    }
}

fn kek() -> KeyEncryptionKey {
    KeyEncryptionKey::new([3; 32])
}

fn pepper() -> Pepper {
    Pepper::new([4; 32])
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
        });
        let (router, readiness, inside) = (gateway.router(), gateway.readiness(), gateway.on_behalf());
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
