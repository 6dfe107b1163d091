//! A server process of a test's own, started, killed and called like anybody's.

use std::{
    io::Write,
    net::{Ipv4Addr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use bytes::Bytes;
use egress::{ConnectTimeout, EgressRules, EngineClient};
use http::{Method, Request, StatusCode, header};
use http_body_util::{BodyExt, Full};
use serde_json::{Value, json};
use tempfile::TempDir;

const PASSWORD: &str = "correct horse battery 1";
/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_mins(1);

fn free_port() -> u16 {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap().port()
}

/// A server process of our own, with a folder that outlives it.
pub struct Deployment {
    data: TempDir,
    port: u16,
    admin_port: u16,
    pub client: EngineClient,
    process: Option<Child>,
}

impl Deployment {
    pub fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        // The console's files are not what this is about.
        let site = data.path().join("site");
        std::fs::create_dir_all(&site).unwrap();
        let manifest = json!({"tenant.js": "a.js", "tenant.wasm": "a.wasm", "studio.js": "s.js", "studio.wasm": "s.wasm", "operator.js": "b.js", "operator.wasm": "b.wasm", "traffic.js": "t.js", "traffic.wasm": "t.wasm", "console.css": "a.css", "favicon.svg": "a.svg"});
        std::fs::write(site.join("manifest.json"), manifest.to_string()).unwrap();
        let rules = EgressRules::engines(Vec::new()).unwrap();
        let client = EngineClient::new(&rules, ConnectTimeout(Duration::from_secs(2))).unwrap();
        Self { data, port: free_port(), admin_port: free_port(), client, process: None }
    }

    /// Where it keeps everything.
    pub fn data(&self) -> &Path {
        self.data.path()
    }

    /// An address of its public listener.
    pub fn url(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
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

    pub async fn start(&mut self) {
        self.process = Some(self.command(&["serve"]).spawn().unwrap());
        let begun = Instant::now();
        while self.get_ready().await != Some(StatusCode::OK) {
            assert!(begun.elapsed() < PATIENCE, "the server did not become ready");
            if self.process.as_mut().unwrap().try_wait().unwrap().is_some() {
                // Somebody else had its port for a moment.
                self.process = Some(self.command(&["serve"]).spawn().unwrap());
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    async fn get_ready(&self) -> Option<StatusCode> {
        let request = Request::get(format!("http://127.0.0.1:{}/readyz", self.admin_port))
            .body(Full::default())
            .unwrap();
        self.client.send(request).await.ok().map(|response| response.status())
    }

    pub fn kill(&mut self) {
        let mut process = self.process.take().unwrap();
        process.kill().unwrap();
        process.wait().unwrap();
    }

    /// As an operator stops it.
    pub fn stop(&mut self) {
        let mut process = self.process.take().unwrap();
        signal(process.id(), "TERM");
        assert!(process.wait().unwrap().success());
    }

    pub fn operator_token(&self) -> String {
        let mut command =
            self.command(&["admin", "create-operator", "--email", "o@ops.example", "--with-token"]);
        let mut process = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        process.stdin.take().unwrap().write_all(format!("{PASSWORD}\n").as_bytes()).unwrap();
        let said = String::from_utf8(process.wait_with_output().unwrap().stdout).unwrap();
        said.split_whitespace().find(|word| word.starts_with("sy_op_")).unwrap().to_owned()
    }

    pub async fn call(
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

    pub async fn made(&self, path: &str, headers: &[(&str, &str)], body: Value) -> (http::HeaderMap, Value) {
        let (status, answer_headers, bytes) = self.call(Method::POST, path, headers, Some(&body)).await;
        assert!(status.is_success(), "{path}: {status} {}", String::from_utf8_lossy(&bytes));
        (answer_headers, serde_json::from_slice(&bytes).unwrap_or_default())
    }

    /// A tenant with a model and a key; the key.
    pub async fn onboard(&self, operator: &str, engine: &str) -> String {
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
        let key = self.made(&path, &by_member, key).await.1["secret"].as_str().unwrap().to_owned();
        self.until_known(&key).await;
        key
    }

    /// A new key is known to the gateway within a second.
    async fn until_known(&self, key: &str) {
        let (bearer, begun) = (format!("Bearer {key}"), Instant::now());
        let headers = [("authorization", bearer.as_str())];
        while self.call(Method::GET, "/v1/models", &headers, None).await.0 != StatusCode::OK {
            assert!(begun.elapsed() < PATIENCE, "the gateway does not know the new key");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

impl Drop for Deployment {
    fn drop(&mut self) {
        if self.process.is_some() {
            self.kill();
        }
    }
}

pub fn signal(pid: u32, name: &str) {
    let sent = Command::new("kill").arg(format!("-{name}")).arg(pid.to_string()).status().unwrap();
    assert!(sent.success());
}
