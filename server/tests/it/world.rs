//! An assembled control plane with its gateway, on a real database, with a tenant of every kind of member and one stranger tenant.

use std::{collections::HashMap, sync::Arc, time::Duration};

use axum::{Router, body::Body};
use egress::{ConnectTimeout, EgressRules, EngineClient};
use http::{HeaderValue, Request, StatusCode, header};
use secrets::{KeyEncryptionKey, Pepper, Token, TokenKind};
use serde_json::{Value, json};
use shared::{Clock, Role};
use sim::{Engine, Handle, SimOptions};
use sqlx::AssertSqlSafe;
use switchyard::{DataPlane, Foundation, Reach, assemble};
use tempfile::TempDir;
use testkit::TestDatabase;
use tokio_util::{
    sync::{CancellationToken, DropGuard},
    task::TaskTracker,
};
use tower::ServiceExt;
use utoipa::openapi::OpenApi;

use crate::endpoints::{Endpoint, FORM, sample_upload};

const PEPPER: Pepper = Pepper::new([7; 32]);
pub const PASSWORD: &str = "correct horse battery 1";

/// Who tries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Actor {
    /// Without a credential.
    Nobody,
    /// With a well-formed token that nobody was given.
    Stranger,
    /// The owner of another tenant.
    OtherOwner,
    Member(Role),
    Operator,
}

pub struct World {
    pub document: OpenApi,
    api: Router,
    db: TestDatabase,
    cookies: HashMap<Actor, String>,
    /// What stands for `{name}` in paths and bodies.
    named: HashMap<&'static str, String>,
    _gateway: DataPlane,
    _stop: DropGuard,
    _data: TempDir,
    _engine: Handle,
}

/// How a gateway knows a key.
pub fn key_hash(secret: &str) -> [u8; 32] {
    Token::parse(secret).unwrap().hash(&PEPPER)
}

/// A sample body as it is sent.
fn encoded(sample: &str) -> (&'static str, String) {
    let parsed: Value = serde_json::from_str(sample).unwrap();
    let Some(form) = parsed.get(FORM).and_then(Value::as_object) else {
        return ("application/json", sample.to_owned());
    };
    let part = |name: &str| {
        let file = if name == "file" { "; filename=\"sample.jsonl\"" } else { "" };
        let value = form[name].as_str().unwrap();
        format!("--xxx\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n{value}\r\n")
    };
    let parts = ["project_id", "purpose", "file"].map(part).concat();
    ("multipart/form-data; boundary=xxx", format!("{parts}--xxx--\r\n"))
}

/// A foundation over a test's database, in process but for that.
fn foundation(db: &TestDatabase, data: &TempDir) -> Foundation {
    let mut settings = config::Settings::default();
    settings.server.data_dir = data.path().to_owned();
    Foundation {
        settings: Arc::new(settings),
        db: (**db).clone(),
        kv: kv::open(None).unwrap(),
        objects: objects::Objects::local(&data.path().join("objects")).unwrap(),
        clock: Clock::system(),
        pepper: PEPPER,
        key_encryption_key: KeyEncryptionKey::new([8; 32]),
        engine_rules: EgressRules::engines(Vec::new()).unwrap(),
        // What stands for a provider outside is on this machine too.
        outbound_rules: EgressRules::outbound(vec!["127.0.0.0/8".parse().unwrap()]).unwrap(),
    }
}

impl World {
    pub async fn new() -> Self {
        let db = testkit::database().await;
        let data = tempfile::tempdir().unwrap();
        let engine = sim::spawn(SimOptions::unpaced(Engine::Vllm, ["sim-8b"])).await.unwrap();
        let foundation = foundation(&db, &data);
        let now = foundation.clock.now();
        let (email, name) = ("ops@ops.example".parse().unwrap(), "Ops".parse().unwrap());
        identity::create_operator(&foundation.db, &email, &name, PASSWORD, now).await.unwrap();
        let client = |rules| EngineClient::new(rules, ConnectTimeout(Duration::from_secs(2))).unwrap();
        let (engines, outside) = (client(&foundation.engine_rules), client(&foundation.outbound_rules));
        let stop = CancellationToken::new();
        let gateway =
            DataPlane::start(&foundation, engines.clone(), &stop, &TaskTracker::new()).await.unwrap();
        let (playground, explainer) = (Some(gateway.playground()), gateway.explainer());
        let reach = Reach { engines, outside, playground, explainer };
        let plane = assemble(&foundation, reach, identity::SetupToken::closed());
        let mut world = Self {
            document: plane.document,
            api: plane.api,
            db,
            cookies: HashMap::new(),
            named: HashMap::from([("engine", engine.base_url())]),
            _gateway: gateway,
            _stop: stop.drop_guard(),
            _data: data,
            _engine: engine,
        };
        world.populate().await;
        world
    }

    async fn populate(&mut self) {
        let operator = self.sign_in("ops@ops.example", None).await;
        self.cookies.insert(Actor::Operator, operator);
        let deployed = json!({"name": "one", "engine": "vllm", "base_url": "{engine}", "model": "sim-8b"});
        let deployed = self.made(Actor::Operator, "/deployments", deployed).await;
        self.name("deployment_id", &deployed["id"]);
        self.name("model_id", &deployed["model_id"]);
        let second =
            json!({"email": "two@ops.example", "name": "Two", "password": "correct horse battery 2"});
        let second = self.made(Actor::Operator, "/operators", second).await;
        self.name("operator_id", &second["id"]);
        self.tenant("globex", Actor::OtherOwner).await;
        let acme = self.tenant("acme", Actor::Member(Role::Owner)).await;
        self.name("tenant_id", &acme);
        for role in [Role::Admin, Role::Developer, Role::Billing, Role::Viewer] {
            let cookie = self.invited(&format!("{role}@acme.example"), role).await;
            self.cookies.insert(Actor::Member(role), cookie);
        }
        let outside = Some(json!({"external_engines": true}));
        let (status, _) =
            self.send(Actor::Operator, http::Method::PATCH, "/tenants/{tenant_id}", outside).await;
        assert!(status.is_success());
        self.objects().await;
    }

    /// A tenant with its owner signed in; the tenant's id.
    async fn tenant(&mut self, slug: &str, owner: Actor) -> Value {
        let new = json!({"slug": slug, "name": slug, "admin_email": format!("owner@{slug}.example"), "models": ["sim-8b"]});
        let made = self.made(Actor::Operator, "/tenants", new).await;
        let cookie = self.accept(&made["invitation"]["link"]).await;
        self.cookies.insert(owner, cookie);
        self.name("default_project_id", &made["default_project_id"]);
        made["id"].clone()
    }

    async fn invited(&self, email: &str, role: Role) -> String {
        let new = json!({"email": email, "role": role});
        let made = self.made(Actor::Member(Role::Owner), "/tenants/{tenant_id}/invitations", new).await;
        self.accept(&made["link"]).await
    }

    async fn accept(&self, link: &Value) -> String {
        let token = link.as_str().unwrap().rsplit('/').next().unwrap();
        let body = json!({"token": token, "name": "Somebody", "password": PASSWORD});
        self.cookie_of("/invitations/accept", body).await
    }

    async fn sign_in(&self, email: &str, tenant: Option<&str>) -> String {
        let mut body = json!({"email": email, "password": PASSWORD});
        if let Some(tenant) = tenant {
            body["tenant"] = tenant.into();
        }
        self.cookie_of("/sessions", body).await
    }

    async fn cookie_of(&self, path: &str, body: Value) -> String {
        let request = self.request(Actor::Nobody, http::Method::POST, &format!("/api/v1{path}"), Some(&body));
        let response = self.api.clone().oneshot(request).await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        let cookie = response.headers()[header::SET_COOKIE].to_str().unwrap();
        cookie.split(';').next().unwrap().to_owned()
    }

    /// Something of each kind to look at, change and delete.
    async fn objects(&mut self) {
        let owner = Actor::Member(Role::Owner);
        let made = [
            ("project_id", "/tenants/{tenant_id}/projects", json!({"name": "Spare"})),
            ("team_id", "/tenants/{tenant_id}/teams", json!({"name": "Research"})),
            (
                "key_id",
                "/tenants/{tenant_id}/keys",
                json!({"name": "first", "project_id": "{default_project_id}"}),
            ),
            (
                "upstream_id",
                "/tenants/{tenant_id}/upstreams",
                json!({"name": "Own", "engine": "openai", "base_url": "{engine}", "model": "sim-8b", "credential": "sk-own"}),
            ),
            (
                "share_id",
                "/tenants/{tenant_id}/playground/shares",
                json!({"title": "Tone", "setup": {"models": ["sim-8b"]}}),
            ),
            (
                "tenant_route_id",
                "/tenants/{tenant_id}/routes",
                json!({"name": "house", "spec": {"arms": [{"name": "all", "weight": 1, "models": ["sim-8b"]}]}}),
            ),
            (
                "invitation_id",
                "/tenants/{tenant_id}/invitations",
                json!({"email": "x@acme.example", "role": "viewer"}),
            ),
        ];
        for (name, path, body) in made {
            let made = self.made(owner, path, body).await;
            self.name(name, &made["id"]);
        }
        self.batches(owner).await;
        let class = json!({"name": "confidential", "allows_external": false});
        let class = self.made(Actor::Operator, "/data-classes", class).await;
        self.name("data_class", &class["name"]);
        let arm = |name: &str, weight| json!({"name": name, "weight": weight, "models": ["sim-8b"]});
        let route = json!({"name": "fast", "spec": {"arms": [arm("stable", 95), arm("canary", 5)]}});
        let route = self.made(Actor::Operator, "/routes", route).await;
        self.name("route_id", &route["id"]);
        self.name("model", &json!("sim-8b"));
        self.invited("target@acme.example", Role::Viewer).await;
        let members = self.get(owner, "/tenants/{tenant_id}/members").await;
        let target =
            members["data"].as_array().unwrap().iter().find(|m| m["email"] == "target@acme.example").unwrap();
        self.name("member_id", &target["id"].clone());
        let token = self.made(Actor::Operator, "/me/tokens", json!({"name": "spare"})).await;
        self.name("token_id", &token["id"]);
        self.sign_in("ops@ops.example", None).await;
        let sessions = self.get(Actor::Operator, "/me/sessions").await;
        let other = sessions["data"].as_array().unwrap().iter().find(|s| s["current"] == false).unwrap();
        self.name("session_id", &other["id"].clone());
    }

    async fn batches(&mut self, owner: Actor) {
        let key = json!({"name": "for batches", "project_id": "{default_project_id}"});
        let key = self.made(owner, "/tenants/{tenant_id}/keys", key).await;
        self.name("batch_key_id", &key["id"]);
        for name in ["input_file_id", "file_id"] {
            let file = self.made(owner, "/tenants/{tenant_id}/files", sample_upload()).await;
            self.name(name, &file["id"]);
        }
        let batch =
            json!({"key_id": key["id"], "input_file_id": "{input_file_id}", "endpoint": "/v1/embeddings"});
        let batch = self.made(owner, "/tenants/{tenant_id}/batches", batch).await;
        self.name("batch_id", &batch["id"]);
    }

    fn name(&mut self, name: &'static str, id: &Value) {
        self.named.insert(name, id.as_str().unwrap_or_else(|| panic!("{name} has no id: {id}")).to_owned());
    }

    fn filled(&self, text: &str) -> String {
        self.named
            .iter()
            .fold(text.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
    }

    fn request(&self, actor: Actor, method: http::Method, path: &str, body: Option<&Value>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(self.filled(path));
        let body = body.map(|body| encoded(&self.filled(&body.to_string())));
        if let Some((content_type, _)) = &body {
            request = request.header(header::CONTENT_TYPE, *content_type);
        }
        let mut request = request.body(body.map_or_else(Body::empty, |(_, body)| Body::from(body))).unwrap();
        let headers = request.headers_mut();
        match actor {
            Actor::Nobody => {}
            Actor::Stranger => {
                let token = Token::generate(TokenKind::PersonalAccess, &mut rand::rng());
                let bearer = format!("Bearer {}", token.reveal());
                headers.insert(header::AUTHORIZATION, HeaderValue::try_from(bearer).unwrap());
            }
            signed_in => {
                headers.insert(header::COOKIE, HeaderValue::try_from(&self.cookies[&signed_in]).unwrap());
                headers.insert("sec-fetch-site", HeaderValue::from_static("same-origin"));
            }
        }
        request
    }

    async fn answer(&self, request: Request<Body>) -> (StatusCode, Value) {
        let response = self.api.clone().oneshot(request).await.unwrap();
        let status = response.status();
        let bytes = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
        (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
    }

    /// Calls an endpoint with its sample body.
    pub async fn call(&self, actor: Actor, endpoint: &Endpoint) -> (StatusCode, Value) {
        let body = endpoint.body.as_ref();
        self.answer(self.request(actor, endpoint.method.clone(), &endpoint.path, body)).await
    }

    /// Calls any path under `/api/v1`; names in braces are filled in.
    pub async fn send(
        &self,
        actor: Actor,
        method: http::Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        self.answer(self.request(actor, method, &format!("/api/v1{path}"), body.as_ref())).await
    }

    /// The text of an answer that is not JSON.
    pub async fn text(&self, actor: Actor, path: &str) -> String {
        let request = self.request(actor, http::Method::GET, &format!("/api/v1{path}"), None);
        let response = self.api.clone().oneshot(request).await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        let bytes = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// The whole text of an answer to a POST: a stream's events.
    pub async fn posted_text(&self, actor: Actor, path: &str, body: &Value) -> String {
        let request = self.request(actor, http::Method::POST, &format!("/api/v1{path}"), Some(body));
        let response = self.api.clone().oneshot(request).await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        let bytes = axum::body::to_bytes(response.into_body(), 16 << 20).await.unwrap();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    /// What a name in braces stands for.
    pub fn id<T: std::str::FromStr>(&self, name: &str) -> T
    where
        T::Err: std::fmt::Debug,
    {
        self.named[name].parse().unwrap()
    }

    pub fn database(&self) -> db::Database {
        (*self.db).clone()
    }

    async fn made(&self, actor: Actor, path: &str, body: Value) -> Value {
        let request = self.request(actor, http::Method::POST, &format!("/api/v1{path}"), Some(&body));
        let (status, answer) = self.answer(request).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    async fn get(&self, actor: Actor, path: &str) -> Value {
        let request = self.request(actor, http::Method::GET, &format!("/api/v1{path}"), None);
        let (status, answer) = self.answer(request).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// One value that changes when any row does, but for the log of the attempts and the sessions that they touch.
    pub async fn fingerprint(&self) -> String {
        let mut connection = self.db.superuser().await;
        let tables: Vec<String> = sqlx::query_scalar(
            "select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace \
             where n.nspname = 'public' and c.relkind in ('r', 'p') and not c.relispartition \
             and c.relname not in ('audit_log', 'operator_audit_log', 'sessions', '_sqlx_migrations') order by 1",
        )
        .fetch_all(&mut connection)
        .await
        .unwrap();
        assert!(tables.len() > 15, "{tables:?}");
        let mut whole = String::new();
        for table in tables {
            let statement = format!(
                "select coalesce(md5(string_agg(t::text, '|' order by t::text)), '') from public.{table} t"
            );
            let sum: String =
                sqlx::query_scalar(AssertSqlSafe(statement)).fetch_one(&mut connection).await.unwrap();
            whole.push_str(&format!("{table}={sum} "));
        }
        whole
    }

    /// Rows in all audit chains.
    pub async fn audit_rows(&self) -> i64 {
        sqlx::query_scalar(
            "select (select count(*) from audit_log) + (select count(*) from operator_audit_log)",
        )
        .fetch_one(&mut self.db.superuser().await)
        .await
        .unwrap()
    }

    /// The phases of the rows that came after so many.
    pub async fn audit_phases_since(&self, rows: i64) -> Vec<String> {
        sqlx::query_scalar(
            "select phase from (select at, phase from audit_log union all select at, phase from operator_audit_log) a \
             order by at, phase offset $1",
        )
        .bind(rows)
        .fetch_all(&mut self.db.superuser().await)
        .await
        .unwrap()
    }

    /// Rows whose link to the row before does not hold.
    pub async fn broken_links(&self) -> Vec<String> {
        sqlx::query_scalar(
            "with chains as (select tenant_id::text as chain, seq, prev_hash, hash from audit_log \
               union all select 'operator', seq, prev_hash, hash from operator_audit_log), \
             linked as (select chain, seq, prev_hash, row_number() over w as nth, \
               lag(hash, 1, decode(repeat('00', 32), 'hex')) over w as before from chains window w as (partition by chain order by seq)) \
             select chain || ' ' || seq from linked where prev_hash <> before or nth <> seq",
        )
        .fetch_all(&mut self.db.superuser().await)
        .await
        .unwrap()
    }
}
