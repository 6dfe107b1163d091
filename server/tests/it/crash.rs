//! Calls under load while the server is killed and the database stopped: every call whose end its client saw is
//! metered exactly once.

use std::{
    collections::HashSet,
    io::Write,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bytes::Bytes;
use db::{Database, DatabaseSettings};
use egress::{ConnectTimeout, EgressRules, EngineClient};
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use sim::{Engine, SimOptions};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery 1";
const PATIENCE: Duration = Duration::from_mins(1);
/// Calls that must be seen to end between two blows.
const CALLS_BETWEEN: u64 = 60;

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A server process of our own, with a folder that outlives it.
struct Deployment {
    data: TempDir,
    port: u16,
    admin_port: u16,
    client: EngineClient,
    process: Option<Child>,
}

impl Deployment {
    fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        // The console's files are not what this is about.
        let site = data.path().join("site");
        std::fs::create_dir_all(&site).unwrap();
        let manifest = json!({"tenant.js": "a.js", "tenant.wasm": "a.wasm", "operator.js": "b.js", "operator.wasm": "b.wasm", "console.css": "a.css", "favicon.svg": "a.svg"});
        std::fs::write(site.join("manifest.json"), manifest.to_string()).unwrap();
        let rules = EgressRules::engines(Vec::new()).unwrap();
        let client = EngineClient::new(&rules, ConnectTimeout(Duration::from_secs(2))).unwrap();
        Self { data, port: free_port(), admin_port: free_port(), client, process: None }
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_switchyard"));
        command
            .args(words)
            .arg("--data-dir")
            .arg(self.data.path())
            .arg("--listen")
            .arg(format!("127.0.0.1:{}", self.port))
            .arg("--admin-listen")
            .arg(format!("127.0.0.1:{}", self.admin_port))
            .arg("--site-dir")
            .arg(self.data.path().join("site"))
            .stdout(Stdio::null())
            .stderr(Stdio::null());
        command
    }

    async fn start(&mut self) {
        self.process = Some(self.command(&["serve"]).spawn().unwrap());
        let begun = Instant::now();
        while self.get_ready().await != Some(StatusCode::OK) {
            assert!(begun.elapsed() < PATIENCE, "the server did not become ready");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn get_ready(&self) -> Option<StatusCode> {
        let request = Request::get(format!("http://127.0.0.1:{}/readyz", self.admin_port))
            .body(Full::default())
            .unwrap();
        self.client.send(request).await.ok().map(|response| response.status())
    }

    fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// As an operator stops it.
    fn stop(&mut self) {
        let mut process = self.process.take().unwrap();
        signal(process.id(), "TERM");
        assert!(process.wait().unwrap().success());
    }

    fn operator_token(&self) -> String {
        let mut command =
            self.command(&["admin", "create-operator", "--email", "o@ops.example", "--with-token"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        let said = String::from_utf8(process.wait_with_output().unwrap().stdout).unwrap();
        said.split_whitespace().find(|word| word.starts_with("sy_op_")).unwrap().to_owned()
    }

    async fn call(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> (StatusCode, http::HeaderMap, Bytes) {
        let mut request =
            Request::builder().method(method).uri(format!("http://127.0.0.1:{}{path}", self.port));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request = request.header(header::CONTENT_TYPE, "application/json");
        let body = body.map_or_else(Full::default, |body| Full::from(body.to_string()));
        let response = self.client.send(request.body(body).unwrap()).await.unwrap();
        let (parts, body) = response.into_parts();
        (parts.status, parts.headers, body.collect().await.unwrap().to_bytes())
    }

    async fn made(&self, path: &str, headers: &[(&str, &str)], body: Value) -> (http::HeaderMap, Value) {
        let (status, answer_headers, bytes) = self.call(Method::POST, path, headers, Some(&body)).await;
        assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&bytes));
        (answer_headers, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// A tenant with a model and a key; the key.
    async fn onboard(&self, operator: &str, engine: &str) -> String {
        let bearer = format!("Bearer {operator}");
        let by_operator = [("authorization", bearer.as_str())];
        let deployment = json!({"name": "one", "engine": "vllm", "base_url": engine, "model": "sim-8b"});
        self.made("/api/v1/deployments", &by_operator, deployment).await;
        let tenant =
            json!({"slug": "acme", "name": "Acme", "admin_email": "a@acme.example", "models": ["sim-8b"]});
        let (_, tenant) = self.made("/api/v1/tenants", &by_operator, tenant).await;
        let token = tenant["invitation"]["link"].as_str().unwrap().rsplit('/').next().unwrap();
        let accept = json!({"token": token, "name": "Ada", "password": PASSWORD});
        let (headers, _) = self.made("/api/v1/invitations/accept", &[], accept).await;
        let cookie = headers[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let path = format!("/api/v1/tenants/{}/keys", tenant["id"].as_str().unwrap());
        let by_member = [("cookie", cookie.as_str()), ("sec-fetch-site", "same-origin")];
        let key = json!({"name": "load", "project_id": tenant["default_project_id"]});
        self.made(&path, &by_member, key).await.1["secret"].as_str().unwrap().to_owned()
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
    }
}

fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status().unwrap();
    assert!(sent.success());
}

/// Stops the private database at once, as if its machine had lost power for a moment.
fn kill_database(data: &Path) {
    let file = std::fs::read_to_string(data.join("postgres/data/postmaster.pid")).unwrap();
    signal(file.lines().next().unwrap().parse().unwrap(), "KILL");
}

/// Clients that call without end, and remember which calls they saw end.
struct Load {
    seen: Arc<Mutex<HashSet<String>>>,
    count: Arc<AtomicU64>,
    stop: Arc<AtomicBool>,
    clients: Vec<tokio::task::JoinHandle<()>>,
}

impl Load {
    fn start(deployment: &Deployment, key: &str, clients: usize) -> Self {
        let seen: Arc<Mutex<HashSet<String>>> = Arc::default();
        let (count, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
        let url = format!("http://127.0.0.1:{}/v1/chat/completions", deployment.port);
        let client = |at: usize| {
            let (engine, url, bearer) = (deployment.client.clone(), url.clone(), format!("Bearer {key}"));
            let (seen, count, stop) = (Arc::clone(&seen), Arc::clone(&count), Arc::clone(&stop));
            tokio::spawn(async move {
                let mut nth = 0_u32;
                while !stop.load(Ordering::Relaxed) {
                    nth += 1;
                    let name = format!("client-{at}-{nth}");
                    if ended(&engine, &url, &bearer, &name, nth.is_multiple_of(2)).await {
                        seen.lock().unwrap().insert(name);
                        count.fetch_add(1, Ordering::Relaxed);
                    } else {
                        // Nothing listens, or it refused: not faster than a client would try again.
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                }
            })
        };
        let clients = (0..clients).map(client).collect();
        Self { seen, count, stop, clients }
    }

    async fn until_more(&self) {
        let (begun, wanted) = (Instant::now(), self.count.load(Ordering::Relaxed) + CALLS_BETWEEN);
        while self.count.load(Ordering::Relaxed) < wanted {
            assert!(begun.elapsed() < PATIENCE, "calls are not answered any more");
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }

    async fn end(self) -> HashSet<String> {
        self.stop.store(true, Ordering::Relaxed);
        for client in self.clients {
            client.await.unwrap();
        }
        std::mem::take(&mut *self.seen.lock().unwrap())
    }
}

/// One call; whether its client saw it end well.
async fn ended(client: &EngineClient, url: &str, bearer: &str, name: &str, stream: bool) -> bool {
    let body = json!({"model": "sim-8b", "messages": [{"role": "user", "content": "Count."}], "max_tokens": 20, "user": name, "stream": stream});
    let request = Request::post(url)
        .header(header::AUTHORIZATION, bearer)
        .header(header::CONTENT_TYPE, "application/json")
        .body(Full::from(body.to_string()))
        .unwrap();
    let Ok(response) = client.send(request).await else { return false };
    let good = response.status() == StatusCode::OK;
    let Ok(body) = response.into_body().collect().await else { return false };
    let bytes = body.to_bytes();
    if stream {
        good && bytes.ends_with(b"data: [DONE]\n\n")
    } else {
        good && serde_json::from_slice::<Value>(&bytes).is_ok()
    }
}

/// How often each client's call was metered.
async fn metered(data: &Path) -> Vec<(String, i64, String)> {
    let db = Database::open_existing(DatabaseSettings::embedded(data)).await.unwrap();
    let mut connection = db.superuser().await.unwrap().unwrap();
    let rows = sqlx::query_as("select end_user, count(*), min(status) from usage_events where end_user is not null group by end_user")
        .fetch_all(&mut connection)
        .await
        .unwrap();
    drop(connection);
    db.close().await;
    rows
}

#[tokio::test(flavor = "multi_thread")]
async fn every_call_that_ended_is_metered_once_whatever_is_killed() {
    let engine = sim::spawn(SimOptions::unpaced(Engine::Vllm, ["sim-8b"])).await.unwrap();
    let mut deployment = Deployment::new();
    deployment.start().await;
    let operator = deployment.operator_token();
    let key = deployment.onboard(&operator, &engine.base_url()).await;
    let load = Load::start(&deployment, &key, 6);
    for round in 0..4 {
        load.until_more().await;
        if round % 2 == 1 {
            kill_database(deployment.data.path());
            // Calls go on without it.
            load.until_more().await;
        }
        deployment.kill();
        deployment.start().await;
    }
    load.until_more().await;
    let seen = load.end().await;
    deployment.stop();

    let metered = metered(deployment.data.path()).await;
    let twice: Vec<_> = metered.iter().filter(|(_, count, _)| *count > 1).collect();
    assert!(twice.is_empty(), "metered more than once: {twice:?}");
    let known: HashSet<_> =
        metered.iter().filter(|row| row.2 == "completed").map(|row| row.0.clone()).collect();
    let lost: Vec<_> = seen.difference(&known).collect();
    assert!(seen.len() as u64 >= 7 * CALLS_BETWEEN, "only {} calls were seen to end", seen.len());
    assert!(lost.is_empty(), "{} of {} calls that ended are not metered: {lost:?}", lost.len(), seen.len());
}
