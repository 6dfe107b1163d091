//! The room as it stands in production: its router inside the layers, over a database of the test's own.
#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

use std::sync::{Arc, OnceLock};

use access::{Access, AccessParts, IdempotencyRecords};
use axum::{Router, body::Body, middleware::from_fn, middleware::from_fn_with_state};
use chrono::{DateTime, TimeDelta, Utc};
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use identity::{Identity, NewMember, SetupToken};
use kv::MemoryKv;
use secrets::{Pepper, Token, TokenKind};
use serde_json::{Value, json};
use shared::{InvitationId, MemberId, OperatorId, Role};
use testkit::{TenantRows, TestClock, TestDatabase};
use tower::ServiceExt;

/// What the tests' browser calls itself.
pub const BROWSER: &str = "Tester/1.0";
pub const PASSWORD: &str = "gravel-mitten-arcade";
pub const OPERATOR: &str = "olga@msp.example";

/// Hashing is slow by design: once a process.
fn password_hash() -> &'static str {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| identity::hash_password(PASSWORD).unwrap())
}

pub fn pepper() -> Pepper {
    Pepper::new([7; 32])
}

pub struct App {
    pub db: TestDatabase,
    pub setup: Token,
    time: TestClock,
    router: Router,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub headers: http::HeaderMap,
    pub body: Value,
}

impl Answer {
    /// The session's cookie, to send back.
    pub fn cookie(&self) -> String {
        let set = self.headers.get(header::SET_COOKIE).expect("a cookie is set").to_str().unwrap();
        set.split(';').next().unwrap().to_owned()
    }

    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }
}

/// With what a request is made.
#[derive(Clone, Copy)]
pub enum As<'a> {
    Nobody,
    Cookie(&'a str),
    Token(&'a str),
}

/// Everything in the order that production has it.
fn assemble(identity: Identity) -> Router {
    let access = identity.access.clone();
    let records: Arc<dyn web::idempotency::Store> = Arc::new(IdempotencyRecords(access.clone()));
    let (router, _) = identity::routes(identity).split_for_parts();
    router
        .layer(from_fn_with_state(records, web::idempotency::layer))
        .layer(from_fn_with_state(access.clone(), access::audit::layer))
        .layer(from_fn(web::same_site::layer))
        .layer(access::session::layer(access, false))
        .layer(from_fn(web::request_id::layer))
}

impl App {
    pub async fn new() -> Self {
        let db = testkit::database().await;
        let time = TestClock::new();
        let clock = time.clock();
        let parts = AccessParts { db: (*db).clone(), kv: Arc::new(MemoryKv::new()), clock, pepper: pepper() };
        let (open, setup) = SetupToken::issue(&pepper(), &mut rand::rng());
        let router = assemble(Identity::new(Access::new(parts)).with_setup(open));
        Self { db, setup, time, router }
    }

    pub fn now(&self) -> DateTime<Utc> {
        self.time.now()
    }

    pub fn wind(&self, by: TimeDelta) {
        self.time.wind(by);
    }

    pub async fn send(&self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.unwrap().to_bytes();
        let body = if bytes.is_empty() { Value::Null } else { serde_json::from_slice(&bytes).unwrap() };
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub fn request(method: Method, path: &str, who: As<'_>, body: Option<Value>) -> Request<Body> {
        let mut request = Request::builder().method(method).uri(path).header(header::USER_AGENT, BROWSER);
        match who {
            As::Nobody => {}
            As::Cookie(cookie) => {
                request = request.header(header::COOKIE, cookie).header("sec-fetch-site", "same-origin");
            }
            As::Token(token) => request = request.header(header::AUTHORIZATION, format!("Bearer {token}")),
        }
        match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string()))
                .unwrap(),
            None => request.body(Body::empty()).unwrap(),
        }
    }

    pub async fn call(&self, method: Method, path: &str, who: As<'_>, body: Option<Value>) -> Answer {
        self.send(Self::request(method, path, who, body)).await
    }

    pub async fn get(&self, path: &str, who: As<'_>) -> Answer {
        self.call(Method::GET, path, who, None).await
    }

    pub async fn post(&self, path: &str, who: As<'_>, body: Value) -> Answer {
        self.call(Method::POST, path, who, Some(body)).await
    }

    pub async fn delete(&self, path: &str, who: As<'_>) -> Answer {
        self.call(Method::DELETE, path, who, None).await
    }

    /// An operator who is there without the API.
    pub async fn operator(&self, email: &str) -> OperatorId {
        let (email, name) = (email.parse().unwrap(), "Olga Operator".parse().unwrap());
        identity::create_operator(&self.db, &email, &name, PASSWORD, self.now()).await.unwrap()
    }

    pub async fn operator_token(&self, operator: OperatorId) -> String {
        let name = "script".parse().unwrap();
        let token =
            identity::create_operator_token(&self.db, &pepper(), operator, &name, self.now()).await.unwrap();
        token.reveal().to_owned()
    }

    pub async fn member(&self, tenant: &TenantRows, email: &str, role: Role) -> MemberId {
        let (email, name) = (email.parse().unwrap(), "Ana Petrova".parse().unwrap());
        let member = NewMember { email: &email, name: &name, role, password_hash: password_hash() };
        let mut tx = self.db.tenant(tenant.id).await.unwrap();
        let id = identity::create_member(&mut tx, &member, self.now()).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// An open invitation for two days, and its token.
    pub async fn invitation(&self, tenant: &TenantRows, email: &str, role: Role) -> String {
        let token = Token::generate(TokenKind::Invitation, &mut rand::rng());
        let mut tx = self.db.tenant(tenant.id).await.unwrap();
        sqlx::query(
            "insert into invitations (tenant_id, id, email, role, token_hash, invited_by, created_at, expires_at) \
             values ($1, $2, $3, $4, $5, 'test', $6, $7)",
        )
        .bind(tenant.id.uuid())
        .bind(InvitationId::generate().uuid())
        .bind(email)
        .bind(role.as_str())
        .bind(token.hash(&pepper()).as_slice())
        .bind(self.now())
        .bind(self.now() + TimeDelta::days(2))
        .execute(tx.conn())
        .await
        .unwrap();
        tx.commit().await.unwrap();
        token.reveal().to_owned()
    }

    pub async fn try_sign_in(&self, tenant: Option<&str>, email: &str, password: &str) -> Answer {
        let mut body = json!({ "email": email, "password": password });
        if let Some(tenant) = tenant {
            body["tenant"] = tenant.into();
        }
        self.post("/api/v1/sessions", As::Nobody, body).await
    }

    /// Signs in and gives the cookie.
    pub async fn sign_in(&self, tenant: Option<&str>, email: &str) -> String {
        let answer = self.try_sign_in(tenant, email, PASSWORD).await;
        assert_eq!(answer.status, 201, "{}", answer.body);
        answer.cookie()
    }

    /// `action phase` of a tenant's chain, or the operators', oldest first.
    pub async fn audit(&self, tenant: Option<&TenantRows>) -> Vec<String> {
        let mut superuser = self.db.superuser().await;
        let rows: Vec<(String, String)> = match tenant {
            Some(tenant) => {
                sqlx::query_as("select action, phase from audit_log where tenant_id = $1 order by seq")
                    .bind(tenant.id.uuid())
                    .fetch_all(&mut superuser)
                    .await
                    .unwrap()
            }
            None => sqlx::query_as("select action, phase from operator_audit_log order by seq")
                .fetch_all(&mut superuser)
                .await
                .unwrap(),
        };
        rows.into_iter().map(|(action, phase)| format!("{action} {phase}")).collect()
    }
}
