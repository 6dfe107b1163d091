//! The room as it stands in production, over a database of the test's own.

use std::{sync::Arc, time::Duration};

use access::{Access, AccessParts, IdempotencyRecords};
use axum::{
    Router,
    body::Body,
    middleware::{from_fn, from_fn_with_state},
};
use batches::{ApiCaller, BatchWorker, Batches, BatchesParts, Limits, Runner};
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use kv::MemoryKv;
use objects::Objects;
use secrets::{Pepper, Token, TokenKind};
use serde_json::{Value, json};
use shared::{ApiKeyId, Role};
use tempfile::TempDir;
use testkit::{TenantRows, TestClock, TestDatabase};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt;

const PATIENCE: Duration = Duration::from_mins(1);
const BOUNDARY: &str = "----a-boundary-of-the-test";

pub struct App {
    pub db: TestDatabase,
    pub batches: Batches,
    pub objects: Objects,
    time: TestClock,
    v1: Router,
    api: Router,
    _folder: TempDir,
}

pub struct Answer {
    pub status: StatusCode,
    pub bytes: Vec<u8>,
    pub content_type: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap_or(Value::Null)
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", String::from_utf8_lossy(&self.bytes));
        self.json()
    }

    /// OpenAI's error object with this param.
    #[track_caller]
    pub fn expect_error(self, status: u16, code: &str, param: Value) {
        let body = self.expect(status);
        let error = &body["error"];
        assert_eq!((&error["code"], &error["param"]), (&json!(code), &param), "{body}");
        assert!(error["message"].is_string() && error["type"].is_string(), "{body}");
        assert_eq!(body.as_object().unwrap().len(), 1, "{body}");
    }
}

/// A part of a form: name, file name, content.
pub type Part<'a> = (&'a str, Option<&'a str>, &'a [u8]);

/// A form as clients send it.
pub fn form(parts: &[Part<'_>]) -> Vec<u8> {
    let mut body = Vec::new();
    for (name, filename, content) in parts {
        let file = filename.map(|file| format!("; filename=\"{file}\"")).unwrap_or_default();
        let head = format!("--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(content);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    body
}

pub fn form_request(path: &str, body: Vec<u8>) -> Request<Body> {
    Request::post(path)
        .header(header::CONTENT_TYPE, format!("multipart/form-data; boundary={BOUNDARY}"))
        .body(Body::from(body))
        .unwrap()
}

/// A line of an input file.
pub fn line(name: &str, model: &str) -> String {
    let body = json!({"model": model, "user": name, "messages": [{"role": "user", "content": "hi"}]});
    json!({"custom_id": name, "method": "POST", "url": "/v1/chat/completions", "body": body}).to_string()
}

impl App {
    pub async fn new() -> Self {
        Self::with(Limits {
            max_file_bytes: 1 << 20,
            max_input_bytes: 1 << 20,
            max_line_bytes: 4096,
            max_requests: 2000,
            max_concurrent_batches: 4,
            max_concurrent_calls: 16,
            max_concurrent_calls_per_tenant: 8,
        })
        .await
    }

    pub async fn with(limits: Limits) -> Self {
        let db = testkit::database().await;
        let folder = tempfile::tempdir().unwrap();
        let time = TestClock::new();
        let clock = time.clock();
        let objects = Objects::local(folder.path()).unwrap();
        let access = Access::new(AccessParts {
            db: (*db).clone(),
            kv: Arc::new(MemoryKv::default()),
            clock: clock.clone(),
            pepper: pepper(),
        });
        let batches = Batches::new(BatchesParts {
            access: access.clone(),
            db: (*db).clone(),
            objects: objects.clone(),
            clock,
            limits,
        });
        let (api, _) = batches::api_routes(batches.clone()).split_for_parts();
        let v1 = batches::v1_routes(batches.clone());
        Self { db, batches, objects, time, v1, api: surround(api, access), _folder: folder }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.time.now()
    }

    pub fn wind(&self, by: TimeDelta) {
        self.time.wind(by);
    }

    /// A tenant with a key of its project.
    pub async fn tenant(&self, slug: &str) -> (TenantRows, ApiCaller) {
        let tenant = testkit::tenant(&self.db, slug).await;
        let caller = self.key(&tenant).await;
        (tenant, caller)
    }

    pub async fn key(&self, tenant: &TenantRows) -> ApiCaller {
        let key = ApiKeyId::generate();
        sqlx::query(
            "insert into api_keys (tenant_id, id, project_id, name, created_by, created_at, display_prefix, last_four) \
             values ($1, $2, $3, $4, 'test', $5, 'sy_live_abcd', 'wxyz')",
        )
        .bind(tenant.id.uuid())
        .bind(key.uuid())
        .bind(tenant.project.uuid())
        .bind(key.to_string())
        .bind(self.now())
        .execute(&mut self.db.superuser().await)
        .await
        .unwrap();
        ApiCaller { tenant: tenant.id, project: tenant.project, key }
    }

    /// Somebody with a personal access token.
    pub async fn person(&self, tenant: &TenantRows, role: Role) -> String {
        let token = Token::generate(TokenKind::PersonalAccess, &mut rand::rng());
        let hash = token.hash(&pepper());
        let email = format!("{role}@{}.example", tenant.slug);
        testkit::person(&self.db, tenant, (&email, role), hash.as_slice(), self.now()).await;
        token.reveal().to_owned()
    }

    async fn answered(router: &Router, request: Request<Body>) -> Answer {
        let response = router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let content_type = parts.headers.get(header::CONTENT_TYPE).map(|v| v.to_str().unwrap().to_owned());
        let bytes = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, bytes, content_type: content_type.unwrap_or_default() }
    }

    /// On `/v1`, as a key.
    pub async fn send(&self, caller: ApiCaller, mut request: Request<Body>) -> Answer {
        request.extensions_mut().insert(caller);
        let (method, path) = (request.method().clone(), request.uri().path().to_owned());
        let answer = Self::answered(&self.v1, request).await;
        judged(&method, &path, &answer);
        answer
    }

    /// On `/v1`, past whoever checks keys.
    pub async fn uncalled(&self, request: Request<Body>) -> Answer {
        Self::answered(&self.v1, request).await
    }

    pub async fn call(&self, caller: ApiCaller, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = Request::builder().method(method).uri(format!("/v1{path}"));
        let request = match body {
            Some(body) => {
                request.header(header::CONTENT_TYPE, "application/json").body(Body::from(body.to_string()))
            }
            None => request.body(Body::empty()),
        };
        self.send(caller, request.unwrap()).await
    }

    pub async fn get(&self, caller: ApiCaller, path: &str) -> Answer {
        self.call(caller, Method::GET, path, None).await
    }

    pub async fn post(&self, caller: ApiCaller, path: &str, body: Value) -> Answer {
        self.call(caller, Method::POST, path, Some(body)).await
    }

    /// On `/api/v1`, as somebody with a token.
    pub async fn as_person(&self, token: &str, mut request: Request<Body>) -> Answer {
        request.headers_mut().insert(header::AUTHORIZATION, format!("Bearer {token}").parse().unwrap());
        Self::answered(&self.api, request).await
    }

    /// Uploads an input file; its id.
    pub async fn input(&self, caller: ApiCaller, lines: &[String]) -> String {
        let content = lines.join("\n");
        let parts: [Part<'_>; 2] =
            [("purpose", None, b"batch"), ("file", Some("in.jsonl"), content.as_bytes())];
        let file = self.send(caller, form_request("/v1/files", form(&parts))).await.expect(200);
        file["id"].as_str().unwrap().to_owned()
    }

    /// Makes a batch of these lines; its id.
    pub async fn batch(&self, caller: ApiCaller, lines: &[String]) -> String {
        let input = self.input(caller, lines).await;
        let order =
            json!({"input_file_id": input, "endpoint": "/v1/chat/completions", "completion_window": "24h"});
        let batch = self.post(caller, "/batches", order).await.expect(200);
        assert_eq!(batch["status"], "validating");
        batch["id"].as_str().unwrap().to_owned()
    }

    /// Works on batches until it is dropped.
    pub fn worker(&self, runner: Arc<dyn Runner>) -> Working {
        let stop = CancellationToken::new();
        let worker = BatchWorker::new(self.batches.clone(), runner);
        Working { task: tokio::spawn(worker.run(stop.clone())), stop }
    }

    /// The batch, once it is as wanted.
    pub async fn until(&self, caller: ApiCaller, id: &str, wanted: impl Fn(&Value) -> bool) -> Value {
        let path = format!("/batches/{id}");
        let mut last = Value::Null;
        let seen = tokio::time::timeout(PATIENCE, async {
            loop {
                last = self.get(caller, &path).await.expect(200);
                if wanted(&last) {
                    return;
                }
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        });
        assert!(seen.await.is_ok(), "not in time: {last}");
        last
    }

    pub async fn until_status(&self, caller: ApiCaller, id: &str, status: &str) -> Value {
        self.until(caller, id, |batch| batch["status"] == status).await
    }

    /// The lines of a file that a batch wrote.
    pub async fn results(&self, caller: ApiCaller, file: &Value) -> Vec<Value> {
        let path = format!("/files/{}/content", file.as_str().unwrap());
        let content = self.get(caller, &path).await;
        assert_eq!(content.status, StatusCode::OK);
        let text = String::from_utf8(content.bytes).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }
}

/// A worker; dropped, it dies without a last word.
pub struct Working {
    pub task: JoinHandle<()>,
    pub stop: CancellationToken,
}

impl Drop for Working {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Every answer on `/v1` is one of OpenAI's document.
fn judged(method: &Method, path: &str, answer: &Answer) {
    let Some(spec) = testkit::openai_spec() else { return };
    let whole = answer.json();
    if !answer.status.is_success() {
        let checked = spec.check("ErrorResponse", &whole);
        assert_eq!(checked, Ok(()), "{method} {path}: {whole}");
        return;
    }
    let named = |segment: &str| match segment {
        id if id.starts_with("file-") => "{file_id}".to_owned(),
        id if id.starts_with("batch_") => "{batch_id}".to_owned(),
        other => other.to_owned(),
    };
    let path: Vec<_> = path.trim_start_matches("/v1").split('/').map(named).collect();
    let path = path.join("/");
    if !path.ends_with("/content") {
        let checked = spec.check_answer(method.as_str(), &path, answer.status.as_u16(), &whole);
        assert_eq!(checked, Ok(()), "{method} {path}: {whole}");
    }
}

fn pepper() -> Pepper {
    Pepper::new([7; 32])
}

/// What surrounds every room of the control plane.
fn surround(router: Router, access: Access) -> Router {
    let records: Arc<dyn web::idempotency::Store> = Arc::new(IdempotencyRecords(access.clone()));
    router
        .layer(from_fn_with_state(access.clone(), access::audit::layer))
        .layer(from_fn_with_state(records, web::idempotency::layer))
        .layer(access::session::layer(access, false))
        .layer(from_fn(web::request_id::layer))
}
