//! The room as it stands in production: its router inside the layers, over a database of the test's own.
#![expect(clippy::unwrap_used, reason = "helpers of tests; a failure is the test's")]

use std::sync::Arc;

use access::{Access, AccessParts, IdempotencyRecords};
use axum::{Router, body::Body, middleware::from_fn, middleware::from_fn_with_state};
use chrono::{DateTime, TimeDelta, Utc};
use db::PgConnection;
use http::{Method, Request, StatusCode, header};
use http_body_util::BodyExt;
use kv::{Kv, MemoryKv};
use secrets::{KeyEncryptionKey, Pepper, Token, TokenKind};
use serde_json::Value;
use shared::{MemberId, ModelId, OperatorId, OperatorTokenId, Role};
use tenancy::{Tenancy, TenancyParts};
use testkit::{TenantRows, TestClock, TestDatabase};
use tower::ServiceExt;
use utoipa::openapi::OpenApi;

pub fn pepper() -> Pepper {
    Pepper::new([7; 32])
}

pub struct App {
    pub db: TestDatabase,
    pub kv: Arc<dyn Kv>,
    pub document: OpenApi,
    /// Token of an operator.
    pub operator: String,
    time: TestClock,
    router: Router,
}

/// Somebody of a tenant.
pub struct Person {
    pub id: MemberId,
    pub token: String,
}

/// What came back.
pub struct Answer {
    pub status: StatusCode,
    pub body: Value,
}

impl Answer {
    #[track_caller]
    pub fn expect(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.body);
        self.body
    }

    /// A refusal of one field, by its name; gives the message.
    #[track_caller]
    pub fn expect_field(self, field: &str) -> String {
        let body = self.expect(400);
        assert_eq!(body["errors"][0]["field"], field, "{body}");
        body["errors"][0]["message"].as_str().unwrap().to_owned()
    }
}

impl App {
    pub async fn new() -> Self {
        let db = testkit::database().await;
        let time = TestClock::new();
        let clock = time.clock();
        let kv: Arc<dyn Kv> = Arc::new(MemoryKv::new());
        let access =
            Access::new(AccessParts { db: (*db).clone(), kv: Arc::clone(&kv), clock, pepper: pepper() });
        let public_url = "https://switchyard.example/".parse().unwrap();
        let tenancy = Tenancy::new(TenancyParts {
            key_encryption_key: KeyEncryptionKey::new([8; 32]),
            access: access.clone(),
            kv: Arc::clone(&kv),
            public_url,
        });
        let (router, document) = tenancy::routes(tenancy).split_for_parts();
        let router = surround(router, access);
        let operator = operator(&mut db.superuser().await, time.now()).await;
        Self { db, kv, document, operator, time, router }
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
        Answer { status: parts.status, body }
    }

    /// `path` is below `/api/v1`.
    pub fn request(method: Method, path: &str, token: &str, body: Option<Value>) -> Request<Body> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        match body {
            Some(body) => request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string()))
                .unwrap(),
            None => request.body(Body::empty()).unwrap(),
        }
    }

    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.send(Self::request(Method::GET, path, token, None)).await
    }

    pub async fn post(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send(Self::request(Method::POST, path, token, Some(body))).await
    }

    /// As [`Self::get`], for closures that make the path.
    pub async fn get_owned(&self, path: String, token: &str) -> Answer {
        self.get(&path, token).await
    }

    /// As [`Self::post`], for closures that make the path.
    pub async fn post_owned(&self, path: String, token: &str, body: Value) -> Answer {
        self.post(&path, token, body).await
    }

    pub async fn patch(&self, path: &str, token: &str, body: Value) -> Answer {
        self.send(Self::request(Method::PATCH, path, token, Some(body))).await
    }

    pub async fn delete(&self, path: &str, token: &str) -> Answer {
        self.send(Self::request(Method::DELETE, path, token, None)).await
    }

    /// The same POST twice under one key: the answer and its replay.
    pub async fn twice(&self, path: &str, token: &str, body: Value) -> (Value, Value) {
        let mut answers = Vec::new();
        for _ in 0..2 {
            let mut request = Self::request(Method::POST, path, token, Some(body.clone()));
            request.headers_mut().insert("idempotency-key", "once".parse().unwrap());
            answers.push(self.send(request).await.expect(201));
        }
        let replay = answers.pop().unwrap();
        (answers.pop().unwrap(), replay)
    }

    /// A tenant that is there without the API.
    pub async fn tenant(&self, slug: &str) -> TenantRows {
        testkit::tenant(&self.db, slug).await
    }

    /// Somebody with a personal access token.
    pub async fn person(&self, tenant: &TenantRows, email: &str, role: Role) -> Person {
        let token = Token::generate(TokenKind::PersonalAccess, &mut rand::rng());
        let hash = token.hash(&pepper());
        let id = testkit::person(&self.db, tenant, (email, role), hash.as_slice(), self.now()).await;
        Person { id, token: token.reveal().to_owned() }
    }

    /// A model that the operator offers, granted to these.
    pub async fn model(&self, name: &str, granted_to: &[&TenantRows]) {
        let id = ModelId::generate();
        let mut superuser = self.db.superuser().await;
        sqlx::query(
            "insert into models (id, name, display_name, context_length, created_at) values ($1, $2, $2, 4096, $3)",
        )
        .bind(id.uuid())
        .bind(name)
        .bind(self.now())
        .execute(&mut superuser)
        .await
        .unwrap();
        for tenant in granted_to {
            sqlx::query("insert into model_grants (tenant_id, model_id, created_at) values ($1, $2, $3)")
                .bind(tenant.id.uuid())
                .bind(id.uuid())
                .bind(self.now())
                .execute(&mut superuser)
                .await
                .unwrap();
        }
    }

    /// A number that a query finds, with one tenant as `$1`.
    pub async fn count(&self, query: &'static str, tenant: &TenantRows) -> i64 {
        let counted = sqlx::query_scalar(query).bind(tenant.id.uuid());
        counted.fetch_one(&mut self.db.superuser().await).await.unwrap()
    }

    /// The number that gateways follow.
    pub async fn generation(&self) -> i64 {
        let generation = sqlx::query_scalar("select generation from config_generation");
        generation.fetch_one(&mut self.db.superuser().await).await.unwrap()
    }
}

/// What surrounds every room.
fn surround(router: Router, access: Access) -> Router {
    let records: Arc<dyn web::idempotency::Store> = Arc::new(IdempotencyRecords(access.clone()));
    router
        .layer(from_fn_with_state(access.clone(), access::audit::layer))
        .layer(from_fn_with_state(records, web::idempotency::layer))
        .layer(access::session::layer(access, false))
        .layer(from_fn(web::same_site::layer))
        .layer(from_fn(web::request_id::layer))
}

async fn operator(superuser: &mut PgConnection, now: DateTime<Utc>) -> String {
    let (id, token) = (OperatorId::generate(), Token::generate(TokenKind::Operator, &mut rand::rng()));
    sqlx::query(
        "insert into operators (id, email, name, password_hash, created_at) values ($1, 'olga@msp.example', 'Olga', '', $2)",
    )
    .bind(id.uuid())
    .bind(now)
    .execute(&mut *superuser)
    .await
    .unwrap();
    sqlx::query(
        "insert into operator_tokens (id, operator_id, name, hash, last_four, created_at) values ($1, $2, 'test', $3, 'test', $4)",
    )
    .bind(OperatorTokenId::generate().uuid())
    .bind(id.uuid())
    .bind(token.hash(&pepper()).as_slice())
    .bind(now)
    .execute(superuser)
    .await
    .unwrap();
    token.reveal().to_owned()
}
